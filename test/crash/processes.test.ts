import { mkdtempDisposable, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { RoleName } from "../../services/platform/role.ts";
import { DEFAULT_REPLICAS } from "../../stack/plan.ts";
import { openStack, type Stack } from "../../stack/stack.ts";
import { sha256 } from "../kit/caller.ts";
import { INSTALL_TIMEOUT } from "../kit/tools.ts";
import { until } from "../kit/until.ts";
import { openPatron } from "../stack/patron.ts";

/** Leases are short, so that what died is noticed while somebody watches. */
const CONFIG = `
lease: {duration: 2s, renew: 500ms, leader: 1s}
broker: {sweep: 1s}
queue: {ack_wait: 2s}
datasources: {slow: {type: dummy, pace: 200ms}}
collections: {slow: {datasources: [slow]}}
`;
const CHUNK = 2 * 1024 * 1024;

let stack: Stack;
const open = new AsyncDisposableStack();
beforeAll(async () => {
	const folder = open.use(await mkdtempDisposable(join(tmpdir(), "crash-")));
	const config = join(folder.path, "crash.yaml");
	await writeFile(config, CONFIG);
	// One of each: nobody stands in for the one that is killed.
	const replicas = { ...DEFAULT_REPLICAS, worker: 1, gateway: 1 };
	stack = open.use(await openStack({ replicas, config: [config] }));
	await stack.start();
}, INSTALL_TIMEOUT);
afterAll(() => open.disposeAsync());

test.each<RoleName>([
	"store",
	"staging",
	"identity",
	"worker",
	"broker",
	"collector",
	"gateway",
])(
	"kill -9 of the only %s loses nothing, and is felt as a delay",
	async (role) => {
		const [victim] = stack.of(role);
		if (victim === undefined) throw new Error(`no ${role}`);
		const running = async () =>
			(await stack.peers.worker.describe({})).running.length;
		const slow = openPatron(stack.url).retrieve("slow", {
			size: `${4 * CHUNK}`,
		});
		await until("one runs", async () => (await running()) > 0);
		const quick = Array.from({ length: 4 }, (_, index) =>
			openPatron(stack.url).retrieve("echo", `${role} ${index}`),
		);
		await victim.kill();
		await victim.start();
		for (const [index, bytes] of (await Promise.all(quick)).entries())
			expect(bytes.toString()).toBe(`${role} ${index}`);
		expect(sha256(await slow)).toBe(sha256(Buffer.alloc(4 * CHUNK, "x")));
		await victim.ready();
	},
);
