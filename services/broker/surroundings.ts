import { timestampMs } from "@bufbuild/protobuf/wkt";
import type { Client } from "@connectrpc/connect";
import type {
	RecentEnd,
	StoreService,
} from "../../gen/polytope/store/v1/store_pb.js";
import { type Clock, openFollower, steadyClock } from "../platform/clock.ts";
import type { Load } from "./decide.ts";
import type { Paused } from "./paused.ts";
import { toLoad } from "./view.ts";

/** What many explanations have in common, read once for all that are asked for within a short time. */
export interface Surroundings {
	/** What is in flight, and who works; which collections are paused is read with it. */
	now(): Promise<Load>;
	/** How long requests took that were processed lately, over all collections. */
	ends(): Promise<readonly RecentEnd[]>;
	/** The store's, as heard with the ends. */
	readonly clock: Clock;
}

/** Milliseconds for which what was read holds. */
const NOW_MS = 500;
const ENDS_MS = 15_000;
/** Final requests looked at: a page of an index, some milliseconds of the database. */
const ENDS = 1000;

export function openSurroundings({
	store,
	paused,
}: {
	readonly store: Client<typeof StoreService>;
	readonly paused: Paused;
}): Surroundings {
	const clock = openFollower();
	return {
		clock,
		now: kept(NOW_MS, async () => {
			const [read] = await Promise.all([
				store.lanes({ collections: [], limit: 1 }),
				paused.read(),
			]);
			return toLoad(read);
		}),
		ends: kept(ENDS_MS, async () => {
			const { ends, now } = await store.recentEnds({ limit: ENDS });
			if (now !== undefined) clock.hear(timestampMs(now));
			return ends;
		}),
	};
}

/** Reads at most once in so many milliseconds; a read that failed is made again when it is next asked for. */
function kept<T>(ms: number, read: () => Promise<T>): () => Promise<T> {
	let last: { readonly until: number; readonly read: Promise<T> } | undefined;
	return () => {
		if (last !== undefined && steadyClock.now() < last.until) return last.read;
		const reading = read();
		last = { until: steadyClock.now() + ms, read: reading };
		reading.catch(() => {
			if (last?.read === reading) last = undefined;
		});
		return reading;
	};
}
