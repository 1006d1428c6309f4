import type { DescService } from "@bufbuild/protobuf";
import {
	type Client,
	type ConnectRouter,
	createClient,
	type Transport,
} from "@connectrpc/connect";
import { measured } from "./measure.ts";
import { nearTransport } from "./near.ts";

/** Where a service is: in this process (its routes), or in others (far.ts). */
export type Place =
	| { readonly routes: (router: ConnectRouter) => void }
	| { readonly transport: Transport };

/** How long a call may take that says nothing else, in milliseconds. Streams have no deadline unless they name one. */
const DEADLINE_MS = 15_000;

/**
 * A typed client for a service, wherever it runs: the caller cannot tell. Deadlines and errors are the same both ways.
 */
export function link<S extends DescService>(
	service: S,
	place: Place,
): Client<S> {
	return createClient(service, transportTo(place));
}

function transportTo(place: Place): Transport {
	return "routes" in place
		? measured(nearTransport(place.routes, DEADLINE_MS), "near")
		: measured(place.transport, "far");
}
