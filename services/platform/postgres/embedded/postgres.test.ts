import { spawn } from "node:child_process";
import { once } from "node:events";
import {
	mkdtemp,
	readdir,
	readFile,
	rm,
	stat,
	writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "pg";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { copyCluster } from "../../../../test/kit/cluster.ts";
import { until } from "../../../../test/kit/until.ts";
import { openLog } from "../../log.ts";
import { openEmbedded } from "./postgres.ts";
import type { Connection } from "./ready.ts";

const log = openLog("silent");
let folder: string;

beforeEach(async () => {
	folder = await mkdtemp(join(tmpdir(), "embedded-"));
});
afterEach(async () => {
	await rm(folder, {
		recursive: true,
		force: true,
		maxRetries: 20,
		retryDelay: 50,
	});
});

async function query(connection: Connection, sql: string): Promise<unknown[]> {
	const client = new Client(connection);
	// A lost connection is told twice; the pending query's rejection is enough.
	client.on("error", () => undefined);
	await client.connect();
	try {
		return (await client.query(sql)).rows;
	} finally {
		await client.end();
	}
}

/** The processes whose command line names the folder. */
async function processesOn(name: string): Promise<string[]> {
	const found = [];
	for (const pid of await readdir("/proc")) {
		const command = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(
			() => "",
		);
		if (/^\d+$/.test(pid) && command.includes(name)) found.push(pid);
	}
	return found;
}

describe("the embedded PostgreSQL", () => {
	test("starts in an empty folder, durable, private, and keeps its data", async () => {
		{
			await using server = await openEmbedded({ folder, log });
			await query(server.connection, "create table kept (n int)");
			await query(server.connection, "insert into kept values (7)");
			expect(await query(server.connection, "show fsync")).toEqual([
				{ fsync: "on" },
			]);
			expect((await stat(folder)).mode & 0o777).toBe(0o700);
		}
		expect(await processesOn(folder)).toEqual([]);
		await using server = await openEmbedded({ folder, log });
		expect(await query(server.connection, "select n from kept")).toEqual([
			{ n: 7 },
		]);
	});

	test("works under a path too long for a socket, and with a space in it", async () => {
		const long = join(folder, `a b, "c"${"d".repeat(120)}`);
		await copyCluster(long);
		let socket: string;
		{
			await using server = await openEmbedded({
				folder: long,
				log,
				durable: false,
			});
			socket = server.connection.host;
			expect(await query(server.connection, "select 1 as n")).toEqual([
				{ n: 1 },
			]);
			expect((await stat(socket)).mode & 0o777).toBe(0o700);
		}
		await expect(stat(socket)).rejects.toThrow("ENOENT");
	});

	test("leaves no process when its parent is killed, and starts again", async () => {
		const parent = spawn(
			process.execPath,
			[join(import.meta.dirname, "fixtures", "parent.ts"), folder],
			{ stdio: ["ignore", "pipe", "inherit"] },
		);
		await once(parent.stdout, "data");
		expect((await processesOn(folder)).length).toBeGreaterThan(1);
		parent.kill("SIGKILL");
		await vi.waitFor(
			async () => expect(await processesOn(folder)).toEqual([]),
			{ timeout: 10_000, interval: 20 },
		);
		await using server = await openEmbedded({ folder, log });
		expect(await query(server.connection, "select n from kept")).toEqual([
			{ n: 7 },
		]);
	});

	test("takes over from a PostgreSQL that still runs on its folder", async () => {
		await copyCluster(folder);
		const left = vi.fn();
		await openEmbedded({ folder, log, durable: false, onExit: left });
		await using server = await openEmbedded({ folder, log, durable: false });
		expect(await query(server.connection, "select 1 as n")).toEqual([{ n: 1 }]);
		expect(left).toHaveBeenCalledOnce();
	});

	test("tells when PostgreSQL ends by itself", async () => {
		await copyCluster(folder);
		const told = Promise.withResolvers<Error>();
		await using _server = await openEmbedded({
			folder,
			log,
			durable: false,
			onExit: told.resolve,
		});
		const pid = await readFile(join(folder, "cluster", "postmaster.pid"));
		process.kill(Number.parseInt(pid.toString(), 10), "SIGKILL");
		expect((await told.promise).message).toMatch(/ended with 137; see .*log/);
	});

	test("starts again where the first start was killed half-way", async () => {
		const parent = spawn(
			process.execPath,
			[join(import.meta.dirname, "fixtures", "parent.ts"), folder],
			{ stdio: "ignore" },
		);
		await vi.waitFor(
			async () =>
				expect(await readdir(folder)).toContainEqual(
					expect.stringContaining("cluster.new-"),
				),
			{ timeout: 10_000, interval: 2 },
		);
		parent.kill("SIGKILL");
		await using server = await openEmbedded({ folder, log, durable: false });
		expect(await query(server.connection, "select 1 as n")).toEqual([{ n: 1 }]);
	});

	test("starts after PostgreSQL was killed in the middle of its work", async () => {
		await copyCluster(folder);
		const died = Promise.withResolvers<Error>();
		const { connection } = await openEmbedded({
			folder,
			log,
			onExit: died.resolve,
		});
		await query(connection, "create table kept as select 7 as n");
		const busy = query(
			connection,
			"select count(*) from generate_series(1, 1e12)",
		).catch((error: Error) => error.message);
		await until("it works", async () => {
			const active = await query(
				connection,
				"select 1 from pg_stat_activity where query like '%1e12%' and state = 'active' and pid <> pg_backend_pid()",
			);
			return active.length === 1;
		});
		const pid = await readFile(join(folder, "cluster", "postmaster.pid"));
		process.kill(Number.parseInt(pid.toString(), 10), "SIGKILL");
		await died.promise;
		await using server = await openEmbedded({ folder, log });
		expect(await busy).toContain("terminated");
		expect(await query(server.connection, "select n from kept")).toEqual([
			{ n: 7 },
		]);
	});

	test("is not misled by a process that got the id of a former one", async () => {
		await copyCluster(folder);
		await openEmbedded({ folder, log, durable: false }).then((server) =>
			server[Symbol.asyncDispose](),
		);
		const stale = join(folder, "cluster", "postmaster.pid");
		await writeFile(stale, `${process.pid}\n${folder}/cluster\n`);
		await using server = await openEmbedded({ folder, log, durable: false });
		expect(await query(server.connection, "select 1 as n")).toEqual([{ n: 1 }]);
	});

	test("says why it does not start", async () => {
		await copyCluster(folder);
		await openEmbedded({ folder, log, durable: false }).then((server) =>
			server[Symbol.asyncDispose](),
		);
		await rm(join(folder, "cluster", "global"), { recursive: true });
		await expect(openEmbedded({ folder, log })).rejects.toThrow(
			/PostgreSQL does not start: .*pg_control/s,
		);
		expect(await processesOn(folder)).toEqual([]);
	});
});
