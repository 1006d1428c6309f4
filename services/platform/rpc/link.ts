import type { DescService } from "@bufbuild/protobuf";
import {
	type Client,
	Code,
	ConnectError,
	type ConnectRouter,
	createClient,
	createRouterTransport,
	type Interceptor,
	type Transport,
} from "@connectrpc/connect";
import { createGrpcTransport } from "@connectrpc/connect-node";

/** Where a service is: in this process (its routes), or behind a gRPC URL. */
export type Place =
	| { readonly routes: (router: ConnectRouter) => void }
	| { readonly url: string };

/** How long a call may take that says nothing else, in milliseconds. Streams have no deadline unless they name one. */
const DEADLINE_MS = 15_000;

/**
 * A typed client for a service, wherever it runs: the caller cannot tell. The deadline and the translation of unknown
 * errors are the same both ways.
 */
export function link<S extends DescService>(
	service: S,
	place: Place,
): Client<S> {
	return createClient(service, transportTo(place));
}

function transportTo(place: Place): Transport {
	if ("url" in place) {
		return createGrpcTransport({
			baseUrl: place.url,
			interceptors: [unaryDeadline],
		});
	}
	return createRouterTransport(place.routes, {
		transport: { interceptors: [unaryDeadline] },
		router: { interceptors: [hideBugs] },
	});
}

const unaryDeadline: Interceptor = (next) => (request) => {
	if (request.stream || hasDeadline(request.header)) return next(request);
	return inTime(request.signal, (signal) => next({ ...request, signal }));
};

/**
 * Aborts when `outer` does or when the time is up. A timer that ends with its call: `AbortSignal.timeout` lives on until
 * its time, and thousands of them a second are a burden on the garbage collector.
 */
async function inTime<T>(
	outer: AbortSignal,
	call: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
	const ending = new AbortController();
	const pass = (): void => ending.abort(outer.reason);
	const timer = setTimeout(
		() => ending.abort(new DOMException("it took too long", "TimeoutError")),
		DEADLINE_MS,
	);
	timer.unref();
	outer.addEventListener("abort", pass);
	if (outer.aborted) pass();
	try {
		return await call(ending.signal);
	} finally {
		clearTimeout(timer);
		outer.removeEventListener("abort", pass);
	}
}

const hasDeadline = (header: Headers): boolean =>
	header.has("grpc-timeout") || header.has("connect-timeout-ms");

/**
 * Lets faults through and turns anything else into `internal` with its text kept for the log of the caller: services
 * trust each other, and the gateway never shows it.
 */
export const hideBugs: Interceptor = (next) => async (request) => {
	try {
		return await next(request);
	} catch (reason) {
		if (reason instanceof ConnectError) throw reason;
		const message =
			reason instanceof Error
				? (reason.stack ?? reason.message)
				: String(reason);
		throw new ConnectError(
			message,
			Code.Internal,
			undefined,
			undefined,
			reason,
		);
	}
};
