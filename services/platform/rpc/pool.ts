import { pause } from "../wait.ts";
import { type Address, haveNames, resolveAddresses } from "./addresses.ts";
import type { ConnectionOptions } from "./connection.ts";
import { type Endpoint, openEndpoint, pick } from "./endpoint.ts";

/** How often names are looked up anew, in milliseconds. */
const LOOK_MS = 5_000;

/** All addresses of one service. */
export interface Pool extends Disposable {
	/**
	 * An endpoint that takes calls, with one more in `busy`: take it back when the call has ended. Passes those over that refuse; when all do, looks again until `until`
	 * (`performance.now()`), at ever longer intervals.
	 * @throws the last reason
	 */
	reach(signal: AbortSignal, until: number): Promise<Endpoint>;
}

export function openPool(
	urls: readonly string[],
	options: ConnectionOptions,
): Pool {
	const endpoints = new Map<string, Endpoint>();
	const named = haveNames(urls);
	let lookedAt = Number.NEGATIVE_INFINITY;
	let looking: Promise<void> | undefined;

	const update = (addresses: readonly Address[]): void => {
		const now = new Set(addresses.map(({ url }) => url));
		// What is no longer named takes no new calls; its connection ends when it is idle.
		for (const url of endpoints.keys())
			if (!now.has(url)) endpoints.delete(url);
		for (const address of addresses)
			if (!endpoints.has(address.url))
				endpoints.set(address.url, openEndpoint(address, options));
	};
	const look = async (): Promise<void> => {
		try {
			update(await resolveAddresses(urls));
			lookedAt = performance.now();
		} finally {
			looking = undefined;
		}
	};
	const known = async (): Promise<readonly Endpoint[]> => {
		const fresh = !named || performance.now() - lookedAt < LOOK_MS;
		if (endpoints.size === 0 || !fresh) {
			looking ??= look();
			if (endpoints.size === 0) await looking;
			else looking.catch(() => undefined);
		}
		return [...endpoints.values()];
	};

	/** Any endpoint that opens, each tried once. */
	const oneOf = async (all: readonly Endpoint[]): Promise<Endpoint | Error> => {
		let last: unknown;
		const left = new Set(all);
		for (let next = pick([...left]); next; next = pick([...left])) {
			next.busy += 1;
			last = await next.open();
			if (last === undefined) return next;
			next.busy -= 1;
			next.failed();
			left.delete(next);
		}
		return new Error("no address takes calls", { cause: last });
	};

	return {
		async reach(signal, until) {
			for (let wait = 50; ; wait = Math.min(wait * 2, 500)) {
				const found = await known().then(oneOf, (reason) => Error(reason));
				if (!(found instanceof Error)) return found;
				signal.throwIfAborted();
				if (performance.now() + wait > until) throw found;
				await pause(wait, signal);
			}
		},
		[Symbol.dispose]() {
			for (const endpoint of endpoints.values()) endpoint.abort();
		},
	};
}
