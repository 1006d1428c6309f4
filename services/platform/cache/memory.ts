import { LRUCache } from "lru-cache";
import { atMost } from "../at-most.ts";
import type { Clock } from "../clock.ts";
import { step } from "./bucket.ts";
import type { Cache } from "./cache.ts";

/** Names are often the caller's to choose: those used longest ago are forgotten. */
const REMEMBERED = 100_000;

/** The cache of a single process: shares nothing with another, and forgets everything when it ends. */
export function openMemoryCache(clock: Clock): Cache {
	const buckets = new LRUCache<string, number>(atMost(REMEMBERED));
	return {
		async take(bucket, rate, most = 0) {
			const { turn, emptyAt } = step(
				buckets.get(bucket),
				clock.now(),
				rate,
				most,
			);
			if (turn.taken) buckets.set(bucket, emptyAt);
			return turn;
		},
		look: async (bucket, rate) =>
			step(buckets.get(bucket), clock.now(), rate, 0).turn,
		async [Symbol.asyncDispose]() {
			buckets.clear();
		},
	};
}
