import type { Client } from "@connectrpc/connect";
import {
	Status,
	type StoreService,
} from "../gen/polytope/store/v1/store_pb.js";
import { follow } from "../services/platform/follow.ts";
import type { Log } from "../services/platform/log.ts";

/** Long polls: who waits for which request to end. */
export interface Waits extends AsyncDisposable {
	/**
	 * Waits for the end of a request: resolves when it may have come, when the time (milliseconds) is up, or when the
	 * signal fires. Waits begin to hear when this is called: so call first, read, and await then.
	 */
	until(id: string, ms: number, signal: AbortSignal): Promise<void>;
	/** The gateway is stopping: nobody waits any more. */
	readonly closed: boolean;
}

/**
 * One stream of the store serves all long polls of this gateway. When it breaks it is opened again, and everybody is
 * woken to read anew, since changes may have been missed meanwhile.
 */
export function openWaits(store: Client<typeof StoreService>, log: Log): Waits {
	const waiting = new Map<string, Set<() => void>>();
	const stop = new AbortController();
	const wake = (id: string): void => {
		for (const resolve of waiting.get(id) ?? []) resolve();
	};
	const wakeAll = (): void => {
		for (const id of waiting.keys()) wake(id);
	};

	const listening = follow(
		store,
		[Status.PROCESSED, Status.FAILED, Status.CANCELLED],
		(changes) => {
			if (changes.length === 0) wakeAll();
			for (const change of changes) wake(change.requestId);
		},
		log,
		stop.signal,
	);

	return {
		get closed() {
			return stop.signal.aborted;
		},
		until(id, ms, signal) {
			const { promise, resolve } = Promise.withResolvers<void>();
			const here = waiting.get(id) ?? new Set();
			waiting.set(id, here.add(resolve));
			const timer = setTimeout(resolve, ms);
			const leave = (): void => resolve();
			signal.addEventListener("abort", leave);
			if (signal.aborted || stop.signal.aborted) leave();
			return promise.finally(() => {
				clearTimeout(timer);
				signal.removeEventListener("abort", leave);
				here.delete(resolve);
				if (here.size === 0 && waiting.get(id) === here) waiting.delete(id);
			});
		},
		async [Symbol.asyncDispose]() {
			stop.abort();
			wakeAll();
			await listening;
		},
	};
}
