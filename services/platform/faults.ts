import { Code, ConnectError } from "@connectrpc/connect";

/**
 * The ways in which a service says no, as one table: its gRPC code, the HTTP status the gateway gives it, and whether
 * asking again may help. The message of a fault is for people: facts, and what to do.
 */
const FAULTS = {
	INVALID: { code: Code.InvalidArgument, http: 400, retry: false },
	UNAUTHENTICATED: { code: Code.Unauthenticated, http: 401, retry: false },
	FORBIDDEN: { code: Code.PermissionDenied, http: 403, retry: false },
	NOT_FOUND: { code: Code.NotFound, http: 404, retry: false },
	CONFLICT: { code: Code.FailedPrecondition, http: 409, retry: false },
	FULL: { code: Code.ResourceExhausted, http: 403, retry: false },
	UNAVAILABLE: { code: Code.Unavailable, http: 503, retry: true },
	TOO_LATE: { code: Code.DeadlineExceeded, http: 503, retry: true },
} as const satisfies Record<
	string,
	{ code: Code; http: number; retry: boolean }
>;

export type FaultName = keyof typeof FAULTS;

/** Makes the error that an RPC throws; it crosses processes with its code and message. */
export function fault(
	name: FaultName,
	message: string,
	cause?: unknown,
): ConnectError {
	return new ConnectError(
		message,
		FAULTS[name].code,
		undefined,
		undefined,
		cause,
	);
}

/** The row of the table for whatever was thrown; undefined for anything that is not one of our faults: a bug. */
export function faultOf(
	reason: unknown,
):
	| { name: FaultName; http: number; retry: boolean; message: string }
	| undefined {
	if (!(reason instanceof ConnectError)) return undefined;
	for (const [name, row] of Object.entries(FAULTS)) {
		if (row.code === reason.code && isFaultName(name))
			return {
				name,
				http: row.http,
				retry: row.retry,
				message: reason.rawMessage,
			};
	}
	return undefined;
}

const isFaultName = (text: string): text is FaultName => text in FAULTS;
