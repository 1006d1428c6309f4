import type { Transport } from "@connectrpc/connect";
import { createGrpcTransport } from "@connectrpc/connect-node";
import type { Address } from "./addresses.ts";
import { type ConnectionOptions, openConnection } from "./connection.ts";

/** Milliseconds for which an address is spared that failed: doubled with each failure in a row, up to the longest. */
const SPARED_MS = 100;
const LONGEST_MS = 5_000;

/** One address of a service, and how it has been doing. */
export interface Endpoint {
	readonly url: string;
	readonly transport: Transport;
	/** Calls that run. */
	busy: number;
	/** Until when it is better left alone; milliseconds of `performance.now()`. */
	readonly sparedUntil: number;
	/** Resolves when calls can be made; undefined, or why not. */
	open(): Promise<unknown>;
	failed(): void;
	worked(): void;
	abort(): void;
}

export function openEndpoint(
	address: Address,
	options: ConnectionOptions,
): Endpoint {
	const { url } = address;
	const connection = openConnection(address, options);
	let failures = 0;
	let sparedUntil = 0;
	return {
		url,
		transport: createGrpcTransport({
			baseUrl: url,
			sessionManager: connection,
			// Compressing costs more than it saves between processes that are near each other.
			acceptCompression: [],
		}),
		busy: 0,
		get sparedUntil() {
			return sparedUntil;
		},
		open: () => connection.open(),
		failed() {
			// Many calls that fail together are one failure.
			if (performance.now() < sparedUntil) return;
			const spared = Math.min(SPARED_MS * 2 ** failures, LONGEST_MS);
			sparedUntil = performance.now() + spared;
			failures += 1;
		},
		worked() {
			failures = 0;
			sparedUntil = 0;
		},
		abort: () => connection.abort(),
	};
}

/** The one with the fewest calls of those that need not be spared; else the one that is spared for the shortest time. */
export function pick(endpoints: readonly Endpoint[]): Endpoint | undefined {
	const now = performance.now();
	const fit = endpoints.filter(({ sparedUntil }) => sparedUntil <= now);
	if (fit.length === 0)
		return endpoints.toSorted((a, b) => a.sparedUntil - b.sparedUntil)[0];
	const least = Math.min(...fit.map(({ busy }) => busy));
	const idlest = fit.filter(({ busy }) => busy === least);
	return idlest[Math.floor(Math.random() * idlest.length)];
}
