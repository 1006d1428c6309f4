import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { USER } from "../services/platform/postgres/embedded/cluster.ts";
import {
	PORT,
	socketFolder,
} from "../services/platform/postgres/embedded/socket.ts";
import { startProduct } from "../test/kit/product.ts";
import { driveNumber, driveText } from "./drive.ts";
import type { Benchmark } from "./measure.ts";

const ROWS = 100_000;

/** Polls a second of eight clients, each for another one of many running requests. */
export const polls: Benchmark = {
	name: "polls",
	async run() {
		await using product = await startProduct();
		const { url } = product;
		await driveText({
			kind: "request",
			url,
			collection: "echo",
			body: '{"verb":"retrieve","request":"one"}',
		});
		const folder = await mkdtemp(join(tmpdir(), "bench-"));
		try {
			const ids = join(folder, "ids");
			const { path } = await socketFolder(join(product.data, "postgres"));
			await writeFile(ids, (await multiply(path)).join("\n"));
			const value = await driveNumber({
				kind: "polls",
				url,
				ids,
				clients: 8,
				seconds: 6,
				warmUp: 2,
			});
			return [
				{
					name: "polls, 10⁵ rows, 8 clients",
					value,
					unit: "1/s",
					goals: [{ at: "least", bound: 3000, of: "value" }],
				},
			];
		} finally {
			await rm(folder, { recursive: true });
		}
	},
};

/** Makes running requests of the one that is there; gives their ids. */
async function multiply(socket: string): Promise<string[]> {
	const client = new pg.Client({
		host: socket,
		port: PORT,
		user: USER,
		database: "postgres",
	});
	await client.connect();
	try {
		const { rows } = await client.query<{ id: string }>(
			`insert into request (id, user_id, username, realm, roles, attributes, collection, verb, status, labels, posted,
         posted_json, coerced, datasource, history, created_at, modified_at, lease_until, worker_id)
       select gen_random_uuid(), user_id, username, realm, roles, attributes, collection, verb, 'processing', labels,
         posted, posted_json, coerced, datasource, history, created_at, modified_at, now() + interval '1 day', 'elsewhere'
       from (select * from request limit 1) as one, generate_series(1, $1::int) returning id`,
			[ROWS],
		);
		await client.query("analyze request");
		return rows.map(({ id }) => id);
	} finally {
		await client.end();
	}
}
