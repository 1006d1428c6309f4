import type { LaneKey } from "../../gen/polytope/store/v1/store_pb.js";
import type { CollectorContext } from "./collector.ts";

/** Lanes looked at in one call. */
const PAGE = 500;

/**
 * Walks along the lanes, one page a call, and begins anew at the end: with very many lanes a round takes long, a call
 * does not. Lanes are kept true by every statement, so one that was wrong is a bug.
 */
export function openRecount({
	store,
	log,
}: Pick<CollectorContext, "store" | "log">): () => Promise<number> {
	let after: LaneKey | undefined;
	return async () => {
		const { healed, next } = await store.recount({
			...(after && { after }),
			limit: PAGE,
		});
		after = next;
		if (healed > 0n)
			log.error(
				{ event: "lanes.healed", count: Number(healed) },
				"lanes had miscounted their requests and were put right: a bug",
			);
		return Number(healed);
	};
}
