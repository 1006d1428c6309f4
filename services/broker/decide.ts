/** What the broker read: everything its decision depends on. */
export interface View {
	readonly lanes: readonly LaneView[];
	/** Queued and processing, by collection. */
	readonly inFlight: ReadonlyMap<string, number>;
	/** Slots of the workers that are alive. */
	readonly workerSlots: number;
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

/** How many times the workers' slots may be queued or processing: enough that no slot waits for the broker. */
const AHEAD = 2;

/**
 * Who is next: first come first served among the lanes that have room. A lane may send as many as are older than the
 * next lane's head, so that the order holds although only heads are known. Pure.
 *
 * @param totals limit of each collection; absent or 0: none.
 */
export function decide(
	view: View,
	totals: ReadonlyMap<string, number>,
): Pick[] {
	let free = view.workerSlots * AHEAD - sum(view.inFlight.values());
	const room = new Map(view.inFlight);
	const lanes = [...view.lanes].sort((a, b) => Number(a.headSeq - b.headSeq));
	const picks: Pick[] = [];
	for (const [index, lane] of lanes.entries()) {
		if (free <= 0) break;
		const total = totals.get(lane.collection) ?? 0;
		const used = room.get(lane.collection) ?? 0;
		const count = Math.min(
			free,
			lane.waiting,
			lane.limit === 0 ? lane.waiting : lane.limit - lane.inFlight,
			total === 0 ? lane.waiting : total - used,
		);
		if (count <= 0) continue;
		picks.push({
			collection: lane.collection,
			userId: lane.userId,
			count,
			beforeSeq: lanes[index + 1]?.headSeq ?? 0n,
		});
		// Not all of `count` need be older than the next head; what this lane leaves is given away at the next look.
		free -= count;
		room.set(lane.collection, used + count);
	}
	return picks;
}

const sum = (numbers: Iterable<number>): number =>
	[...numbers].reduce((total, n) => total + n, 0);
