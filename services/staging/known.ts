import { LRUCache } from "lru-cache";
import { atMost } from "../platform/at-most.ts";
import type { Clock } from "../platform/clock.ts";
import type { Objects } from "./objects.ts";

/** Milliseconds for which an object that was seen is taken to be there. */
const BELIEVED_MS = 60_000;
const MOST = 100_000;

/**
 * Which objects are there, without looking each time: a poll is answered from memory when this process stored the object,
 * or saw it within the last minute. What somebody else removed is noticed then.
 */
export interface Known {
	/** Whether there is an object; looks when it is not known. */
	has(key: string): Promise<boolean>;
	/** It has just been stored. */
	stored(key: string): void;
	/** It has just been removed. */
	removed(key: string): void;
}

export function openKnown(objects: Objects, clock: Clock): Known {
	const seen = new LRUCache<string, true>({
		...atMost(MOST),
		ttl: BELIEVED_MS,
		perf: clock,
		ttlResolution: 0,
	});
	const stored = (key: string): void => void seen.set(key, true);
	return {
		stored,
		removed: (key) => void seen.delete(key),
		async has(key) {
			if (seen.has(key)) return true;
			if ((await objects.stat(key)) === undefined) return false;
			stored(key);
			return true;
		},
	};
}
