import type { Pool } from "pg";
import { INSTRUMENTS } from "../telemetry/instruments.ts";
import type { DatabaseSettings } from "./settings.ts";

const NAME = "db.client.connection.pool.name";
const STATE = "db.client.connection.state";

/** Shows how the connections of a pool are used, until disposed. */
export function watchPool(
	pool: Pool,
	{ name, connections: most }: DatabaseSettings,
): Disposable {
	const stack = new DisposableStack();
	const { connections, connectionsMost, connectionsWanted } = INSTRUMENTS;
	stack.use(
		connections.watch(() => [
			[pool.idleCount, { [NAME]: name, [STATE]: "idle" }],
			[pool.totalCount - pool.idleCount, { [NAME]: name, [STATE]: "used" }],
		]),
	);
	stack.use(connectionsMost.watch(() => [[most, { [NAME]: name }]]));
	stack.use(
		connectionsWanted.watch(() => [[pool.waitingCount, { [NAME]: name }]]),
	);
	return stack;
}

/** @param ms that a statement waited for its connection */
export const measureWait = (name: string, ms: number): void =>
	INSTRUMENTS.connectionWait.record(ms / 1000, { [NAME]: name });
