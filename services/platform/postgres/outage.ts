import { fault } from "../faults.ts";

/** A database error that is no bug of ours: the same statement may succeed later. */
export interface Outage {
	/** For people. */
	readonly message: string;
	/** Whether it may be over in a moment: others held the rows, or the connection was lost on the way. */
	readonly passes: boolean;
}

const BUSY = {
	message: "the database is too busy with the same rows",
	passes: true,
};
const AWAY = { message: "the database does not answer", passes: true };

/** https://www.postgresql.org/docs/18/errcodes-appendix.html. A row stands for all codes that begin with it. */
const CODES: readonly (readonly [start: string, outage: Outage])[] = [
	["40001", BUSY],
	["40P01", BUSY],
	["55P03", BUSY],
	["08", AWAY],
	["57P0", AWAY],
	["25006", lasting("the database takes no changes: it is read-only")],
	["53100", lasting("the database has no room left on its disk")],
	["53", lasting("the database lacks memory or connections")],
	["57014", lasting("the database took too long")],
	["58030", lasting("the database cannot read or write its disk")],
];
/** What `pg` says of a connection that is gone; its errors bear no code then. */
const GONE =
	/^(Connection terminated|Client has encountered a connection error|Client was closed|Query read timeout|timeout exceeded when trying to connect)/;
const SOCKET =
	/^(ECONN|EPIPE|ENOENT|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENETDOWN)/;

/** What a database error means to whoever asked; undefined: it is a bug, or none of the database's. */
export function outageOf(error: unknown): Outage | undefined {
	if (!(error instanceof Error)) return undefined;
	const code =
		"code" in error && typeof error.code === "string" ? error.code : "";
	if (SOCKET.test(code) || GONE.test(error.message)) return AWAY;
	return CODES.find(([start]) => code.startsWith(start))?.[1];
}

/** Turns an outage into an UNAVAILABLE fault, with the database's own words as its cause; lets anything else through. */
export function translated(error: unknown): unknown {
	const outage = outageOf(error);
	return outage === undefined
		? error
		: fault("UNAVAILABLE", outage.message, error);
}

function lasting(message: string): Outage {
	return { message, passes: false };
}
