import type {
	Lane,
	LanesResponse,
} from "../../gen/polytope/store/v1/store_pb.js";
import type { Load, View } from "./decide.ts";

/** What the store has read, as decisions see it. @param limit lanes that were asked for, of each collection */
export const toView = (read: LanesResponse, limit: number): View => ({
	lanes: read.lanes.map((lane) => ({
		collection: lane.collection,
		userId: lane.userId,
		waiting: Number(lane.waiting),
		inFlight: Number(lane.inFlight),
		limit: lane.limit,
		oldest: [lane.headSeq, ...lane.nextSeqs],
	})),
	horizons: horizonsOf(read.lanes, limit),
	...toLoad(read),
});

/** Of it, what is under way and who works. */
export const toLoad = (read: LanesResponse): Load => ({
	inFlight: new Map(
		read.inFlight.map((row) => [
			row.collection,
			Number(row.queuedOrProcessing),
		]),
	),
	workers: read.workers.map(({ pools, slots }) => ({
		pools,
		slots: Number(slots),
	})),
});

/** The newest head of each collection that has, perhaps, more lanes than were read. */
function horizonsOf(
	lanes: readonly Lane[],
	limit: number,
): ReadonlyMap<string, bigint> {
	const horizons = new Map<string, bigint>();
	for (const [collection, own] of Map.groupBy(lanes, (l) => l.collection)) {
		if (own.length < limit) continue;
		const heads = own.map(({ headSeq }) => headSeq);
		horizons.set(
			collection,
			heads.reduce((a, b) => (a > b ? a : b)),
		);
	}
	return horizons;
}
