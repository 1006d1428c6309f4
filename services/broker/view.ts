import type { LanesResponse } from "../../gen/polytope/store/v1/store_pb.js";
import type { View } from "./decide.ts";

/** What the store has read, as decisions see it. */
export const toView = (read: LanesResponse): View => ({
	lanes: read.lanes.map((lane) => ({
		collection: lane.collection,
		userId: lane.userId,
		waiting: Number(lane.waiting),
		inFlight: Number(lane.inFlight),
		limit: lane.limit,
		headSeq: lane.headSeq,
	})),
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
