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
	/** Of collections with more lanes than were read: what is newer than this may be newer than theirs. */
	readonly horizons: ReadonlyMap<string, bigint>;
}

export interface LaneView {
	readonly collection: string;
	readonly userId: string;
	readonly waiting: number;
	readonly inFlight: number;
	/** 0: none. */
	readonly limit: number;
	/** Its oldest waiting requests, at least one: their positions in the order of submission. */
	readonly oldest: readonly bigint[];
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
 * Who is next: first come first served among the lanes that have room. Where no more is known of a lane that has more, it
 * may send as many as are older than the next that is known of any, so that the order holds. Pure.
 */
export function decide(view: View, { totals, poolOf }: Rules): Pick[] {
	const capacity = capacityOf(
		view,
		poolOf,
		view.lanes.map(({ collection }) => collection),
	);
	const inFlight = new Map(view.inFlight);
	const picks = new Map<LaneView, Pick>();
	const roomOf = (lane: LaneView): number => {
		const taken = picks.get(lane)?.count ?? 0;
		const total = totals.get(lane.collection) ?? 0;
		return Math.min(
			capacity.of(poolOf(lane.collection)),
			lane.waiting - taken,
			lane.limit === 0 ? lane.waiting : lane.limit - lane.inFlight - taken,
			total === 0 ? lane.waiting : total - (inFlight.get(lane.collection) ?? 0),
		);
	};
	const line = lineOf(view, (lane) => roomOf(lane) > 0);
	for (const [index, { lane, last }] of line.entries()) {
		const room = roomOf(lane);
		if (room <= 0) continue;
		const { collection, userId } = lane;
		// Not all of what nobody knows need be older than the next; what this lane leaves is given away at the next look.
		const count = last ? room : 1;
		const horizon = view.horizons.get(collection);
		picks.set(lane, {
			collection,
			userId,
			count: (picks.get(lane)?.count ?? 0) + count,
			beforeSeq:
				line[index + 1]?.seq ?? (horizon === undefined ? 0n : horizon + 1n),
		});
		capacity.use(poolOf(collection), count);
		inFlight.set(collection, (inFlight.get(collection) ?? 0) + count);
	}
	return [...picks.values()];
}

interface Waiting {
	readonly lane: LaneView;
	readonly seq: bigint;
	/** When the next of its lane came is not known, though there is one. */
	readonly last: boolean;
}

/** All that are known, in the order in which they came. Who has no room, or no workers, holds nobody up. */
const lineOf = (
	{ lanes, horizons }: View,
	hasRoom: (lane: LaneView) => boolean,
): Waiting[] =>
	lanes
		.filter(hasRoom)
		.flatMap((lane) =>
			lane.oldest.map((seq, place) => ({
				lane,
				seq,
				last:
					place === lane.oldest.length - 1 && lane.waiting > lane.oldest.length,
			})),
		)
		.filter(({ lane, seq }) => seq <= (horizons.get(lane.collection) ?? seq))
		.sort((a, b) => Number(a.seq - b.seq));

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
