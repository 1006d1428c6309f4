import { LRUCache } from "lru-cache";
import type { Dispatch } from "../../gen/polytope/store/v1/store_pb.js";
import { atMost } from "../platform/at-most.ts";
import type { Clock } from "../platform/clock.ts";

/** Whether it is time to ring again for a request that is still queued. */
export interface Patience {
	readonly due: (dispatch: Dispatch) => boolean;
}

/** Requests remembered; one that is forgotten is rung for once more, which harms nobody. */
const REMEMBERED = 100_000;
/** However long a request waits for a worker, it is rung for this often at least, in milliseconds. */
const LONGEST_MS = 600_000;

/**
 * Each ring for the same attempt comes twice as late as the one before: most requests that are queued for long wait
 * for a worker, not for a lost dispatch, and their dispatches would pile up in the queue.
 *
 * @param firstMs how long after the first ring the second one is due.
 */
export function openPatience(firstMs: number, clock: Clock): Patience {
	const rung = new LRUCache<string, { at: number; wait: number }>({
		...atMost(REMEMBERED),
	});
	return {
		due({ requestId, attempt }) {
			const id = `${requestId}/${attempt}`;
			const now = clock.now();
			const last = rung.get(id);
			if (last !== undefined && now < last.at + last.wait) return false;
			const wait = last === undefined ? firstMs : last.wait * 2;
			rung.set(id, { at: now, wait: Math.min(wait, LONGEST_MS) });
			return true;
		},
	};
}
