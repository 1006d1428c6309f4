import { Code, ConnectError, type Interceptor } from "@connectrpc/connect";

/**
 * Lets faults through and turns anything else into `internal`: services trust each other, and the gateway never shows it.
 * What went wrong is its cause, which the log of a caller in the same process tells, stack and all.
 */
export function asFault(reason: unknown): ConnectError {
	if (reason instanceof ConnectError) return reason;
	return internal(
		reason,
		reason instanceof Error ? reason.message : String(reason),
	);
}

/** The same for services behind a gRPC port: causes do not cross the wire, so the stack goes with the text. */
export const hideBugs: Interceptor = (next) => async (request) => {
	try {
		return await next(request);
	} catch (reason) {
		if (reason instanceof ConnectError) throw reason;
		throw internal(
			reason,
			reason instanceof Error
				? (reason.stack ?? reason.message)
				: String(reason),
		);
	}
};

const internal = (cause: unknown, message: string): ConnectError =>
	new ConnectError(message, Code.Internal, undefined, undefined, cause);
