import { join } from "node:path";
import type { PoolConfig } from "pg";
import type { Surroundings } from "../role.ts";
import { openEmbedded } from "./embedded/postgres.ts";

/** How often in a row an embedded PostgreSQL that died is started again before the process gives up: about 20 s. */
const STARTS = 10;

/** Where PostgreSQL is. Whoever uses it opens a pool of its own. */
export interface Postgres {
	readonly connection: PoolConfig;
	/** Of our own, in the data folder: what ran on it before is dead. */
	readonly embedded: boolean;
}

/** The PostgreSQL of `store.url`; an embedded one is started, and stopped with the process. */
export async function openPostgres({
	config,
	data,
	log,
	stack,
	died,
}: Surroundings): Promise<Postgres> {
	const { url } = config.store;
	if (!url.startsWith("embedded:"))
		return { connection: { connectionString: url }, embedded: false };
	const { connection } = stack.use(
		await openEmbedded({
			folder: join(data, "postgres"),
			log,
			starts: STARTS,
			onExit: (reason) => died("PostgreSQL", reason),
		}),
	);
	return { connection, embedded: true };
}
