import { durationMs, timestampDate } from "@bufbuild/protobuf/wkt";
import type { Change } from "../../gen/polytope/store/v1/store_pb.js";
import type { BrokerContext } from "./context.ts";

/** Wakes deferred requests when they are due, knowing only when the next one is. */
export interface Ripening {
	/** An empty list says that changes may have been missed. */
	hear(changes: readonly Change[]): void;
	/** Milliseconds until something is due; Infinity: nothing is known to be deferred. */
	untilDue(): number;
	/** Lets wait what is due, and learns when the next one is. */
	ripen(): Promise<void>;
}

const PAGE = 1000;

export function openRipening({
	store,
	clock,
}: Pick<BrokerContext, "store" | "clock">): Ripening {
	// Milliseconds since 1970. What is deferred already is unknown: so something may be due now.
	let dueAt = 0;
	return {
		hear(changes) {
			if (changes.length === 0) dueAt = 0;
			for (const { notBefore } of changes) {
				if (notBefore !== undefined)
					dueAt = Math.min(dueAt, timestampDate(notBefore).getTime());
			}
		},
		untilDue: () => Math.max(0, dueAt - clock.now()),
		async ripen() {
			// Before the question: what is announced from here on is later than its answer.
			dueAt = Number.POSITIVE_INFINITY;
			try {
				const { next } = await store.ripen({ limit: PAGE });
				if (next !== undefined)
					dueAt = Math.min(dueAt, clock.now() + durationMs(next));
			} catch (reason) {
				dueAt = 0;
				throw reason;
			}
		},
	};
}
