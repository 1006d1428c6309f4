import { Code, ConnectError, type Interceptor } from "@connectrpc/connect";

/**
 * Lets faults through and turns anything else into `internal` with its text kept for the log of the caller: services
 * trust each other, and the gateway never shows it.
 */
export function asFault(reason: unknown): ConnectError {
	if (reason instanceof ConnectError) return reason;
	const message =
		reason instanceof Error ? (reason.stack ?? reason.message) : String(reason);
	return new ConnectError(message, Code.Internal, undefined, undefined, reason);
}

/** `asFault` for services behind a gRPC port. */
export const hideBugs: Interceptor = (next) => async (request) => {
	try {
		return await next(request);
	} catch (reason) {
		throw asFault(reason);
	}
};
