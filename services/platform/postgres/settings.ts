/** How a database is used; times in milliseconds. */
export interface DatabaseSettings {
	/** Connections of this process at most. */
	readonly connections: number;
	/** How long a statement waits for a database that is away: longer than a restart, shorter than a call's deadline. */
	readonly patienceMs: number;
	/** How long one try to connect may take, and a statement may wait for a free connection. */
	readonly connectMs: number;
	readonly statementMs: number;
	readonly lockMs: number;
	/** What PostgreSQL's own views call us. */
	readonly name: string;
}

/** As configured by default. */
export const SETTINGS: DatabaseSettings = {
	connections: 12,
	patienceMs: 6_000,
	connectMs: 5_000,
	statementMs: 10_000,
	lockMs: 5_000,
	name: "polytope",
};
