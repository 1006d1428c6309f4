import type { Client } from "@connectrpc/connect";
import type {
	Change,
	Status,
	StoreService,
} from "../../gen/polytope/store/v1/store_pb.js";
import type { Log } from "./log.ts";
import { pause } from "./wait.ts";

/** Milliseconds before a broken watch is opened again. */
const AGAIN_MS = 200;

/**
 * Follows the store's changes until the signal ends, over every interruption. `onChanges` is called with an empty list
 * whenever the watch (again) stands: read then, since anything may have been missed before.
 */
export async function follow(
	store: Client<typeof StoreService>,
	statuses: readonly Status[],
	onChanges: (changes: readonly Change[]) => void,
	log: Log,
	signal: AbortSignal,
): Promise<void> {
	while (!signal.aborted) {
		try {
			for await (const { changes } of store.watch(
				{ statuses: [...statuses] },
				{ signal },
			))
				onChanges(changes);
		} catch (reason) {
			if (signal.aborted) return;
			log.warn(
				{ event: "watch.broken", err: reason },
				"the watch on the store broke; opening it again",
			);
		}
		await pause(AGAIN_MS, signal);
	}
}
