import { setTimeout as pause } from "node:timers/promises";
import { Client } from "pg";

/** How to reach a PostgreSQL, as `pg` takes it. All is given, so that no `PG…` variable of the environment counts. */
export interface Connection {
	/** The folder of the Unix socket. */
	readonly host: string;
	readonly port: number;
	readonly user: string;
	readonly database: string;
	readonly password?: string;
	readonly ssl: false;
}

/** Milliseconds between two tries to connect. */
const PACE = 10;

/** Waits until a connection is accepted; after a crash that is when PostgreSQL has replayed its log. */
export async function untilReady(
	connection: Connection,
	signal: AbortSignal,
): Promise<void> {
	while (!(await answers(connection))) {
		signal.throwIfAborted();
		await pause(PACE);
	}
}

async function answers(connection: Connection): Promise<boolean> {
	const client = new Client(connection);
	client.on("error", () => undefined);
	try {
		await client.connect();
		return true;
	} catch {
		return false;
	} finally {
		await client.end().catch(() => undefined);
	}
}
