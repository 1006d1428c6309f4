import { type Capacity, openCapacity, type Workers } from "./capacity.ts";

/** What is under way, and who works. */
export interface Load {
	/** Queued and processing, by collection. */
	readonly inFlight: ReadonlyMap<string, number>;
	/** The workers that are alive. */
	readonly workers: readonly Workers[];
}

/** What the broker read: everything its decision depends on. */
export interface View extends Load {
	readonly lanes: readonly LaneView[];
}

export interface LaneView {
	readonly collection: string;
	readonly userId: string;
	readonly waiting: number;
	readonly inFlight: number;
	/** 0: none. */
	readonly limit: number;
	/** Age of its oldest waiting request: position in the order of submission. */
	readonly headSeq: bigint;
}

export interface Pick {
	readonly collection: string;
	readonly userId: string;
	readonly count: number;
	/** Only requests older than this; 0: no bound. */
	readonly beforeSeq: bigint;
}

/** What decisions are held to, out of the configuration. */
export interface Rules {
	/** Limit of each collection; absent or 0: none. */
	readonly totals: ReadonlyMap<string, number>;
	/** The pool of the workers that serve a collection. */
	readonly poolOf: (collection: string) => string;
}

/**
 * Who is next: first come first served among the lanes that have room. A lane may send as many as are older than the
 * next lane's head, so that the order holds although only heads are known. Pure.
 */
export function decide(view: View, { totals, poolOf }: Rules): Pick[] {
	const capacity = capacityOf(
		view,
		poolOf,
		view.lanes.map(({ collection }) => collection),
	);
	const room = new Map(view.inFlight);
	const countOf = (lane: LaneView): number => {
		const total = totals.get(lane.collection) ?? 0;
		return Math.min(
			capacity.of(poolOf(lane.collection)),
			lane.waiting,
			lane.limit === 0 ? lane.waiting : lane.limit - lane.inFlight,
			total === 0 ? lane.waiting : total - (room.get(lane.collection) ?? 0),
		);
	};
	// Who has no room, or no workers, holds nobody up.
	const lanes = view.lanes
		.filter((lane) => countOf(lane) > 0)
		.sort((a, b) => Number(a.headSeq - b.headSeq));
	const picks: Pick[] = [];
	for (const [index, lane] of lanes.entries()) {
		const count = countOf(lane);
		if (count <= 0) continue;
		picks.push({
			collection: lane.collection,
			userId: lane.userId,
			count,
			beforeSeq: lanes[index + 1]?.headSeq ?? 0n,
		});
		// Not all of `count` need be older than the next head; what this lane leaves is given away at the next look.
		capacity.use(poolOf(lane.collection), count);
		room.set(lane.collection, (room.get(lane.collection) ?? 0) + count);
	}
	return picks;
}

/** What workers can soon take of these collections. */
export function capacityOf(
	{ inFlight, workers }: Load,
	poolOf: Rules["poolOf"],
	collections: readonly string[],
): Capacity {
	const used = new Map<string, number>();
	for (const [collection, count] of inFlight) {
		const pool = poolOf(collection);
		used.set(pool, (used.get(pool) ?? 0) + count);
	}
	return openCapacity(workers, used, new Set(collections.map(poolOf)));
}
