import { mkdtempDisposable, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { RoleName } from "../../services/platform/role.ts";
import { ROLE_NAMES } from "../../services/roles.ts";
import { DEFAULT_REPLICAS } from "../../stack/plan.ts";
import { openStack, type Stack } from "../../stack/stack.ts";
import { type Inspector, openInspector } from "../chaos/database.ts";
import { callerOf, download, sha256 } from "../kit/caller.ts";
import { mustRun } from "../kit/command.ts";
import { INSTALL_TIMEOUT } from "../kit/tools.ts";
import { until } from "../kit/until.ts";
import { type WrongClock, wrongClock } from "../kit/wrong-clock.ts";
import { openPatron } from "../stack/patron.ts";

/** Short leases, so that one which is lost is noticed; what is kept is kept for less than a clock jumps. */
const CONFIG = `
lease: {duration: 3s, renew: 500ms, leader: 1s}
broker: {sweep: 1s}
garbage-collector: {interval: 300ms, age: 30m, upload_age: 30m, dangling_age: 30m}
datasources: {slow: {type: dummy, pace: 700ms}}
collections: {slow: {datasources: [slow]}}
`;
const CHUNK = 2 * 1024 * 1024;
const HOUR = 3_600;

const open = new AsyncDisposableStack();
const clocks = new Map<RoleName, WrongClock>();
let stack: Stack;
let inspector: Inspector;
beforeAll(async () => {
	const folder = open.use(await mkdtempDisposable(join(tmpdir(), "clocks-")));
	const config = join(folder.path, "clocks.yaml");
	await writeFile(config, CONFIG);
	for (const role of ROLE_NAMES)
		clocks.set(role, await wrongClock(folder.path, role));
	stack = open.use(
		await openStack({
			replicas: { ...DEFAULT_REPLICAS, worker: 1, gateway: 1 },
			config: [config],
			envOf: ({ role }) => clocks.get(role)?.env ?? {},
		}),
	);
	await stack.start();
	inspector = open.use(await openInspector(stack.settings.store.url));
}, INSTALL_TIMEOUT);
afterAll(() => open.disposeAsync());

function clockOf(role: RoleName): WrongClock {
	const clock = clocks.get(role);
	if (clock === undefined) throw new Error(`no clock of ${role}`);
	return clock;
}

test("a wrong clock is wrong, and goes on steadily", async () => {
	const clock = clockOf("worker");
	const script =
		"const at = performance.now(); setTimeout(() => console.log(Date.now(), performance.now() - at < 5000), 50)";
	await clock.set(-HOUR);
	const { env } = clock;
	const said = await mustRun(process.execPath, ["-e", script], { env });
	await clock.set(0);
	const [shown = "", steady = ""] = said.trim().split(" ");
	expect(Math.abs(Date.now() - HOUR * 1000 - Number(shown))).toBeLessThan(9e3);
	expect(steady).toBe("true");
});

/** One that is old enough to go, by PostgreSQL's clock; resolves when the collector has taken it. */
async function oldOneGoes(): Promise<void> {
	const caller = callerOf(stack.url);
	const id = await caller.submit("echo", "old");
	await caller.ended(id);
	await inspector.age(id, "31 minutes");
	await until(
		"what is old goes",
		async () => !(await inspector.rows()).some((row) => row.id === id),
	);
}

/** Staging on S3 is another matter: S3 itself refuses whose clock is wrong. */
const STEADY = ROLE_NAMES.filter((role) => role !== "staging");

test.each(STEADY)(
	"the clock of the %s jumps by an hour, there and back: nothing is lost, taken away, made twice or thrown away",
	async (role) => {
		const clock = clockOf(role);
		const caller = callerOf(stack.url);
		const slow = await caller.submit("slow", { size: `${8 * CHUNK}` });
		await until("it runs", async () => (await caller.poll(slow)).code === 202);
		const texts: string[] = [];
		for (const seconds of [HOUR, -HOUR, 0]) {
			await clock.set(seconds);
			const text = `${role} ${seconds}`;
			const bytes = await openPatron(stack.url).retrieve("echo", text);
			expect(bytes.toString()).toBe(text);
			texts.push(text);
			await oldOneGoes();
		}
		const { code, location, message } = await caller.ended(slow);
		expect([code, message]).toEqual([303, ""]);
		expect(sha256(await download(location))).toBe(
			sha256(Buffer.alloc(8 * CHUNK, "x")),
		);
		const rows = await inspector.rows();
		for (const text of texts)
			expect(rows.filter(({ posted }) => posted === text)).toHaveLength(1);
		for (const { attempt, history, status } of rows) {
			expect([attempt, status], JSON.stringify(history)).toEqual([
				1,
				"processed",
			]);
			expect(history).toHaveLength(4);
		}
	},
);

test("S3 refuses a staging whose clock is wrong: requests wait, and are served when it is right", async () => {
	const clock = clockOf("staging");
	const caller = callerOf(stack.url);
	const before = await caller.submit("echo", "before");
	const { location } = await caller.ended(before);
	await clock.set(HOUR);
	const meanwhile = await caller.submit("dummy", { size: `${4 * CHUNK}` });
	expect((await fetch(location)).status).toBe(503);
	expect((await caller.poll(meanwhile, 2)).code).toBe(202);
	await clock.set(0);
	const done = await until(
		"it is served",
		async () => {
			const polled = await caller.poll(meanwhile, 5);
			return polled.code === 202 ? undefined : polled;
		},
		60_000,
	);
	expect([done.code, done.message]).toEqual([303, ""]);
	expect((await download(done.location)).length).toBe(4 * CHUNK);
	expect((await download(location)).toString()).toBe("before");
});
