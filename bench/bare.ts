import { randomUUID } from "node:crypto";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { batched } from "../services/platform/batch.ts";
import { openLog } from "../services/platform/log.ts";
import { openEmbedded } from "../services/platform/postgres/embedded/postgres.ts";
import { openDatabase } from "../services/store/database.ts";
import {
	ADMITTED,
	type Recording,
	record,
	type Statement,
} from "./statements.ts";

export interface BareLoad {
	readonly clients: number;
	readonly seconds: number;
	readonly warmUp: number;
}

/** As many connections as the server opens, and as many in flight as its 64 slots allow. */
const CONNECTIONS = 12;
const MOST_IN_FLIGHT = 128;
const BATCH = 256;
const SUBMISSIONS = 64;

/**
 * Lifecycles a second of a driver that does nothing but send the server's statements to a PostgreSQL of the same
 * settings: the same clients, the same batches, prepared statements, no HTTP, no RPC, no bytes.
 */
export async function bareLifecycles(load: BareLoad): Promise<number> {
	const folder = await mkdtemp(join(tmpdir(), "bench-"));
	await using server = await openEmbedded({
		folder,
		log: openLog("warn", { out: process.stderr }),
		temporary: true,
	});
	return await bareLifecyclesOn(server.connection, load);
}

/** The same on a database that is there, and empty. */
export async function bareLifecyclesOn(
	connection: pg.PoolConfig,
	load: BareLoad,
): Promise<number> {
	await (await openDatabase(connection)).destroy();
	const recording = await record(connection);
	const pool = new pg.Pool({ ...connection, max: CONNECTIONS });
	// A pool says that it has ended while its connections still leave; PostgreSQL may be gone before them.
	pool.on("error", () => {});
	try {
		return await run(pool, recording, load);
	} finally {
		await pool.end();
	}
}

async function run(
	pool: pg.Pool,
	recording: Recording,
	load: BareLoad,
): Promise<number> {
	const send = sender(pool);
	const done = new Map<string, () => void>();
	let inFlight = 0;
	let waiting = 0;

	const settle = batched<string, boolean>(
		async (ids) => {
			await send("settle", manyOf(recording.settle, recording.requestId, ids));
			inFlight -= ids.length;
			for (const id of ids) done.get(id)?.();
			void admitAll();
			return ids.map(() => true);
		},
		{ most: BATCH },
	);
	const claim = batched<string, boolean>(
		async (ids) => {
			await send("claim", manyOf(recording.claim, recording.requestId, ids));
			for (const id of ids) void settle(id);
			return ids.map(() => true);
		},
		{ most: BATCH },
	);

	const submit = batched<string, boolean>(
		async (ids) => {
			const all = manyOf(recording.create, recording.requestId, ids);
			await send("create", all);
			return ids.map(() => true);
		},
		{ most: SUBMISSIONS },
	);
	const poll = batched<string, boolean>(
		async (ids) => {
			await send("get", manyOf(recording.get, recording.requestId, ids));
			return ids.map(() => true);
		},
		{ most: BATCH },
	);

	let admitting = false;
	const admitAll = async (): Promise<void> => {
		if (admitting) return;
		admitting = true;
		while (waiting > 0 && inFlight < MOST_IN_FLIGHT) {
			await Promise.all(
				recording.lanes.map((statement, n) => send(`lanes${n}`, statement)),
			);
			const count = Math.min(waiting, MOST_IN_FLIGHT - inFlight);
			const { rows } = await send("admit", admission(recording.admit, count));
			waiting -= rows.length;
			inFlight += rows.length;
			for (const { id } of rows) void claim(String(id));
		}
		admitting = false;
	};

	const from = performance.now() + load.warmUp * 1000;
	const until = from + load.seconds * 1000;
	let count = 0;
	const client = async (): Promise<void> => {
		while (performance.now() < until) {
			const id = randomUUID();
			const ready = new Promise<void>((resolve) => done.set(id, resolve));
			await submit(id);
			waiting += 1;
			void admitAll();
			await poll(id);
			await ready;
			await poll(id);
			done.delete(id);
			const now = performance.now();
			if (now >= from && now < until) count += 1;
		}
	};
	await Promise.all(Array.from({ length: load.clients }, client));
	return count / load.seconds;
}

const sender =
	(pool: pg.Pool) =>
	(name: string, { sql, parameters }: Statement) =>
		pool.query<Record<string, unknown>>({
			name,
			text: sql,
			values: [...parameters],
		});

/** The recorded statement for many requests: every list, also one in JSON, gets an item for each. */
const manyOf = (
	{ sql, parameters }: Statement,
	old: string,
	ids: readonly string[],
): Statement => ({
	sql,
	parameters: parameters.map((value) => {
		if (Array.isArray(value))
			return ids.map((id) => (value[0] === old ? id : value[0]));
		if (typeof value !== "string" || !value.startsWith("[")) return value;
		const item = value.slice(1, -1);
		return `[${ids.map((id) => item.replaceAll(old, id)).join(",")}]`;
	}),
});

const admission = (
	{ sql, parameters }: Statement,
	count: number,
): Statement => ({
	sql,
	parameters: parameters.map((value) =>
		Array.isArray(value) && value[0] === ADMITTED ? [count] : value,
	),
});
