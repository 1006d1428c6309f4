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
	const signal = AbortSignal.any([
		request.signal,
		AbortSignal.timeout(DEADLINE_MS),
	]);
	return next({ ...request, signal });
};

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
