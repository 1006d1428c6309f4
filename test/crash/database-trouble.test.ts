import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Client } from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { DEFAULT_REPLICAS } from "../../stack/plan.ts";
import { settingsOf } from "../../stack/servers.ts";
import { openStack, type Stack } from "../../stack/stack.ts";
import { type Inspector, openInspector } from "../chaos/database.ts";
import { callerOf, download, sha256 } from "../kit/caller.ts";
import { testNats } from "../kit/nats.ts";
import { type PostgresServer, startPostgres } from "../kit/postgres-server.ts";
import { startRedis } from "../kit/redis.ts";
import { startS3 } from "../kit/s3.ts";
import { type SmallDisk, smallDisk } from "../kit/small-disk.ts";
import { temporaryFolder } from "../kit/temporary.ts";
import { INSTALL_TIMEOUT } from "../kit/tools.ts";
import { until } from "../kit/until.ts";

const CONFIG = `
lease: {duration: 2s, renew: 500ms, leader: 1s}
broker: {sweep: 1s}
datasources: {slow: {type: dummy, pace: 700ms}}
collections: {slow: {datasources: [slow]}}
`;
const CHUNK = 2 * 1024 * 1024;
const DISK_MIB = 256;
/** So large that a few need new room. */
const TEXT = "x".repeat(30_000);

const open = new AsyncDisposableStack();
let disk: SmallDisk | string;
let postgres: PostgresServer;
let stack: Stack;
let inspector: Inspector;
beforeAll(async () => {
	const folder = open.use(await temporaryFolder("trouble"));
	const config = join(folder.path, "trouble.yaml");
	await writeFile(config, CONFIG);
	disk = await smallDisk(DISK_MIB);
	if (typeof disk !== "string") open.use(disk);
	postgres = open.use(
		await startPostgres(typeof disk === "string" ? {} : { disk: disk.path }),
	);
	const [nats, s3, redis] = await Promise.all([
		testNats(),
		startS3(),
		startRedis(),
	]);
	for (const one of [nats, s3, redis]) open.use(one);
	stack = open.use(
		await openStack({
			replicas: { ...DEFAULT_REPLICAS, worker: 1, gateway: 1 },
			config: [config],
			// As somebody has them running already.
			external: settingsOf({ postgres, nats, s3, redis }),
		}),
	);
	expect(stack.servers).toBeUndefined();
	await stack.start();
	inspector = open.use(await openInspector(postgres.url));
}, INSTALL_TIMEOUT);
afterAll(() => open.disposeAsync());

async function sql(text: string): Promise<void> {
	const db = new Client({ connectionString: postgres.url });
	await db.connect();
	try {
		await db.query("set default_transaction_read_only = off");
		await db.query(text);
	} finally {
		await db.end();
	}
}

/** Submits until one is refused; gives its reason and the ids of those that were accepted. */
async function submitUntilRefused(
	most: number,
): Promise<{ refusal: string; accepted: string[] }> {
	const accepted: string[] = [];
	for (let count = 0; count < most; count += 1)
		try {
			accepted.push(await callerOf(stack.url).submit("echo", TEXT));
		} catch (reason) {
			return { refusal: String(reason), accepted };
		}
	throw new Error(`none of ${most} was refused`);
}

const accepts = () =>
	until(
		"submissions are taken again",
		() =>
			callerOf(stack.url)
				.submit("echo", "again")
				.catch(() => undefined),
		60_000,
	);

async function servedRight(id: string, content: string): Promise<void> {
	const polled = await until(
		`${id} ends`,
		async () => {
			const polled = await callerOf(stack.url).poll(id, 5);
			return polled.code === 202 || polled.code >= 500 ? undefined : polled;
		},
		60_000,
	);
	expect([polled.code, polled.message]).toEqual([303, ""]);
	expect(sha256(await download(polled.location))).toBe(sha256(content));
}

test("while PostgreSQL is read-only submissions are refused with the reason, the rest goes on, and nothing is taken away", async () => {
	const caller = callerOf(stack.url);
	const ready = await caller.submit("echo", "ready");
	await caller.ended(ready);
	const running = await caller.submit("slow", { size: `${6 * CHUNK}` });
	const row = async () =>
		(await inspector.rows()).find(({ id }) => id === running);
	await until("it runs", async () => (await row())?.status === "processing");
	await sql("alter system set default_transaction_read_only = on");
	await sql("select pg_reload_conf()");
	const { refusal } = await submitUntilRefused(50);
	expect(refusal).toMatch(/503 .*it is read-only/);
	await servedRight(ready, "ready");
	expect((await caller.poll(running)).code).toBe(202);
	// For longer than a lease.
	await until(
		"leases have run out",
		async () => (await inspector.overdue()) > 0,
	);
	await sql("alter system reset default_transaction_read_only");
	await sql("select pg_reload_conf()");
	await servedRight(await accepts(), "again");
	await servedRight(running, "x".repeat(6 * CHUNK));
	expect((await row())?.attempt).toBe(1);
});

test("when PostgreSQL's disk is full submissions are refused with the reason; with room all goes on, and what was accepted is served", async ({
	skip,
}) => {
	if (typeof disk === "string") return skip(disk);
	const caller = callerOf(stack.url);
	const ready = await caller.submit("echo", "kept");
	await caller.ended(ready);
	await disk.fill();
	const { refusal, accepted } = await submitUntilRefused(2_000);
	expect(refusal).toMatch(/503 .*no room left on its disk/);
	await disk.clear();
	await servedRight(await accepts(), "again");
	await servedRight(ready, "kept");
	for (const id of accepted) await servedRight(id, TEXT);
	const rows = await inspector.rows();
	for (const { history } of rows.filter(({ posted }) => posted === TEXT))
		expect(history.at(-1)?.s).toBe("processed");
	expect(await inspector.untrueLanes()).toEqual([]);
});
