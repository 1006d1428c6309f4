import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as passing } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { openLog } from "../../services/platform/log.ts";
import {
	type EmbeddedPostgres,
	openEmbedded,
} from "../../services/platform/postgres/embedded/postgres.ts";
import { copyCluster } from "../kit/cluster.ts";
import { type TemporaryFolder, temporaryFolder } from "../kit/temporary.ts";
import { until } from "../kit/until.ts";
import { openTestWorld, type TestWorld } from "../kit/world.ts";

/** What is swept when it should not be would be seen: an absence in these tests is longer. */
const LEASE_MS = 1_800;
const ABSENCE_MS = LEASE_MS * 1.5;
const CONFIG = `
store: {patience: 300ms, connect_timeout: 1s, statement_timeout: 1s}
services: {patience: 300ms}
lease: {duration: ${LEASE_MS}ms, renew: 300ms, leader: 600ms}
datasources: {slow: {type: dummy, pace: 400ms}}
collections: {slow: {datasources: [slow]}}
`;
/** Takes longer than any test. */
const SIZE = "400MiB";

let folder: TemporaryFolder;
let server: EmbeddedPostgres;
const start = () =>
	openEmbedded({ folder: folder.path, log: openLog("fatal"), durable: false });

beforeAll(async () => {
	folder = await temporaryFolder("database");
	await copyCluster(folder.path);
	server = await start();
});
afterAll(async () => {
	await server[Symbol.asyncDispose]();
	await folder[Symbol.asyncDispose]();
});

const refusal = z.strictObject({ message: z.string() });

describe("a PostgreSQL that is away", () => {
	let it: TestWorld;
	beforeAll(async () => {
		it = await openTestWorld({
			split: true,
			config: CONFIG,
			connection: server.connection,
		});
	});
	afterAll(() => it[Symbol.asyncDispose]());

	const running = async (): Promise<string> => {
		const id = await it.demo().submit("slow", { size: SIZE });
		await until(
			"it runs",
			async () => (await it.demo().record(id))?.status === "processing",
		);
		return id;
	};
	const refused = async (method: string, path: string) => {
		const response = await fetch(`${it.url()}/api/v1/requests/${path}`, {
			method,
			headers: {
				authorization: "Bearer demo-key",
				"content-type": "application/json",
			},
			...(method === "POST" && {
				body: JSON.stringify({ verb: "retrieve", request: "x" }),
			}),
		});
		expect(refusal.parse(await response.json()).message).not.toBe("");
		expect(Number(response.headers.get("retry-after"))).toBeGreaterThan(0);
		return response.status;
	};
	/** It goes on with its first attempt, however long the absence was. */
	const undisturbed = async (id: string) => {
		const back = until(
			"it answers again",
			async () =>
				(
					await it
						.demo()
						.poll(id)
						.catch(() => undefined)
				)?.code === 202,
		);
		await back;
		const begun = performance.now();
		while (performance.now() - begun < ABSENCE_MS) {
			expect(await it.demo().record(id)).toMatchObject({
				status: "processing",
				attempt: 1,
			});
			await passing(50);
		}
		expect(await it.demo().revoke(id)).toBe(200);
	};

	test("is a 503 that clients survive; nothing is lost, nothing is swept", async () => {
		const id = await running();
		await server[Symbol.asyncDispose]();
		const begun = performance.now();
		do {
			expect(await refused("POST", "echo")).toBe(503);
			expect(await refused("GET", id)).toBe(503);
		} while (performance.now() - begun < ABSENCE_MS);
		server = await start();
		await undisturbed(id);
		const after = await it.demo().submit("echo", "again");
		expect((await it.demo().ended(after)).code).toBe(303);
	});

	test("or answers nobody any more, neither holds calls nor connections for ever", async () => {
		const id = await running();
		const frozen = await processesOf(folder.path);
		for (const pid of frozen) process.kill(pid, "SIGSTOP");
		const begun = performance.now();
		do expect(await refused("GET", id)).toBe(503);
		while (performance.now() - begun < ABSENCE_MS);
		for (const pid of frozen) process.kill(pid, "SIGCONT");
		await undisturbed(id);
	});
});

/** PostgreSQL and its sessions. */
async function processesOf(data: string): Promise<number[]> {
	const file = await readFile(join(data, "cluster", "postmaster.pid"), "utf8");
	const postmaster = Number.parseInt(file, 10);
	const children = await readFile(
		`/proc/${postmaster}/task/${postmaster}/children`,
		"utf8",
	);
	return [postmaster, ...children.split(" ").filter(Boolean).map(Number)];
}
