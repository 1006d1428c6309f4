import { once } from "node:events";
import { closeSync, openSync, unlinkSync, writeFileSync } from "node:fs";
import { createConnection, createServer } from "node:net";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { connect } from "nats";
import { Client } from "pg";
import type { Stack } from "../../stack/stack.ts";
import { ownerOf } from "../chaos/bucket.ts";
import type { Inspector, Row } from "../chaos/database.ts";
import type { Judged } from "../chaos/verdict.ts";

/** What is harmed. */
export interface Harmed {
	readonly stack: Stack;
	readonly inspector: Inspector;
	/** Into PostgreSQL. */
	readonly sql: (text: string, values?: unknown[]) => Promise<unknown>;
	/** Two requests that were served. */
	readonly rows: readonly [Row, Row];
	readonly judged: Judged;
}

export interface Done {
	readonly undo: () => Promise<unknown>;
	/** Looked at instead, where the harm is not in the stack. */
	readonly judged?: Judged;
}

/** Does one thing that must never be. */
export type Harm = (it: Harmed) => Promise<Done>;

const BUCKET = "polytope";
const STRANGE = "A".repeat(43);

const s3Of = ({ stack }: Harmed) => {
	if (stack.servers === undefined) throw new Error("no servers of ours");
	return ownerOf(stack.servers.s3);
};

/** Stores something else, or nothing, in an object's place. */
const changed =
	(change: (bytes: Buffer) => Buffer | undefined): Harm =>
	async (it) => {
		const s3 = s3Of(it);
		const name = `results/${it.rows[0].staging_key}`;
		const { metaData } = await s3.statObject(BUCKET, name);
		const bytes = await buffer(await s3.getObject(BUCKET, name));
		const put = (what: Buffer) =>
			s3.putObject(BUCKET, name, what, what.length, metaData);
		const other = change(Buffer.from(bytes));
		await (other === undefined ? s3.removeObject(BUCKET, name) : put(other));
		return { undo: () => put(bytes) };
	};

const added =
	(name: string): Harm =>
	async (it) => {
		const s3 = s3Of(it);
		await s3.putObject(BUCKET, name, Buffer.from("{}"));
		return { undo: () => s3.removeObject(BUCKET, name) };
	};

const uploading: Harm = async (it) => {
	const s3 = s3Of(it);
	const name = `results/${STRANGE}`;
	const id = await s3.initiateNewMultipartUpload(BUCKET, name, {});
	return { undo: () => s3.abortMultipartUpload(BUCKET, name, id) };
};

/** Sets columns of the first request's row. */
const set =
	(columns: string): Harm =>
	async ({ sql, rows: [{ id, sha256 }] }) => {
		await sql(`update request set ${columns} where id = $1`, [id]);
		const whole = "status = 'processed', lease_until = null, sha256 = $2";
		return {
			undo: () =>
				sql(`update request set ${whole} where id = $1`, [id, sha256]),
		};
	};

const lost: Harm = async ({ sql, rows: [{ id }] }) => {
	await sql("create table kept as select * from request where id = $1", [id]);
	await sql("delete from request where id = $1", [id]);
	return {
		async undo() {
			await sql(
				"insert into request overriding system value select * from kept",
			);
			await sql("drop table kept");
		},
	};
};

const untrueLane: Harm = async ({ sql, rows: [{ collection }] }) => {
	const by = (count: number) =>
		sql("update lane set in_flight = in_flight + $1 where collection = $2", [
			count,
			collection,
		]);
	await by(7);
	return { undo: () => by(-7) };
};

const strayDispatch: Harm = async ({ stack }) => {
	const servers = stack.settings.queue.url.replace("nats://", "");
	const nc = await connect({ servers });
	await nc.jetstream().publish("polytope.dispatch.nobody");
	return {
		async undo() {
			const jsm = await nc.jetstreamManager();
			await jsm.streams.purge("polytope", {
				filter: "polytope.dispatch.nobody",
			});
			await nc.close();
		},
	};
};

const openTransaction: Harm = async ({ stack }) => {
	const db = new Client({
		connectionString: stack.settings.store.url,
		application_name: "polytope",
	});
	await db.connect();
	await db.query("begin");
	return { undo: () => db.end() };
};

/** What this process holds is taken for a process's of the stack. */
async function asOurs({ judged }: Harmed, undo: Done["undo"]): Promise<Done> {
	const [one] = judged.stack.processes;
	if (one === undefined) throw new Error("no process");
	const ours = { ...one, name: "ours", pid: () => process.pid };
	const stack = { ...judged.stack, processes: [ours] };
	return { judged: { ...judged, stack }, undo };
}

const removedFile: Harm = async (it) => {
	const path = join(it.stack.folder, "removed");
	writeFileSync(path, "still here");
	const file = openSync(path, "r");
	unlinkSync(path);
	return asOurs(it, async () => closeSync(file));
};

const halfClosed: Harm = async (it) => {
	const server = createServer((socket) => socket.end()).listen(0, "127.0.0.1");
	await once(server, "listening");
	const address = server.address();
	if (address === null || typeof address === "string")
		throw new Error("no port");
	const { port } = address;
	const socket = createConnection({
		...{ port, host: "127.0.0.1", allowHalfOpen: true },
	});
	socket.resume();
	await once(socket, "end");
	return asOurs(it, async () => {
		socket.destroy();
		server.close();
	});
};

/** Two clients get what the other one asked for. */
const swapped =
	(what: "sha256" | "location"): Harm =>
	async ({ judged, rows: [one, other] }) => {
		const of = (id: string) => judged.seen.find((seen) => seen.id === id);
		const seen = judged.seen.map((each) => {
			const from =
				each.id === one.id
					? of(other.id)
					: each.id === other.id
						? of(one.id)
						: each;
			const value = from?.[what];
			return value === undefined ? each : { ...each, [what]: value };
		});
		return { judged: { ...judged, seen }, undo: async () => undefined };
	};

/** What is done, and how it must be named. */
export const HARMS: readonly (readonly [string, RegExp, Harm])[] = [
	[
		"a byte of a result is another one",
		/fetched later, 200, it is other content/,
		changed((bytes) => {
			bytes[0] = (bytes[0] ?? 0) ^ 1;
			return bytes;
		}),
	],
	[
		"a result is gone",
		/is processed, but its object \S+ is not there/,
		changed(() => undefined),
	],
	["a result is nobody's", /object A+ has no row/, added(`results/${STRANGE}`)],
	[
		"facts of nothing",
		/the facts of A+ have no object/,
		added(`facts/${STRANGE}`),
	],
	["an upload was left", /upload of \S*A+ was left/, uploading],
	[
		"a request does not end",
		/hangs/,
		set("status = 'processing', lease_until = now() + interval '1 hour'"),
	],
	["a request failed", /failed:/, set("status = 'failed'")],
	["a request was cancelled", /nobody revoked it/, set("status = 'cancelled'")],
	["a row has another checksum", /its row says/, set("sha256 = 'other'")],
	["a row is gone", /was accepted and is not there/, lost],
	["a lane counts wrong", /a lane is not true/, untrueLane],
	["a dispatch is left", /1 dispatches are left/, strayDispatch],
	["a transaction is left open", /1 hold a transaction/, openTransaction],
	["a removed file is held open", /ours still holds a \S+removed/, removedFile],
	["a connection is half closed", /ours still holds a half-closed/, halfClosed],
	[
		"two clients got each other's result",
		/served wrong content/,
		swapped("sha256"),
	],
	["a result was elsewhere", /lies elsewhere now/, swapped("location")],
];
