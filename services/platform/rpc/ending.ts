import type { Interceptor } from "@connectrpc/connect";

/**
 * Ends the streams to callers when a port ends: nobody knows when a watch is done, while other calls are about to be.
 * A caller's stream to us and single calls go on.
 */
export const endStreams =
	(ending: AbortSignal): Interceptor =>
	(next) =>
	(request) =>
		request.method.methodKind === "server_streaming"
			? next({ ...request, signal: AbortSignal.any([request.signal, ending]) })
			: next(request);
