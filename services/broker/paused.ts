import type { Client } from "@connectrpc/connect";
import type { StoreService } from "../../gen/polytope/store/v1/store_pb.js";
import { pause } from "../platform/wait.ts";
import type { BrokerContext } from "./context.ts";

/** Which collections admit nothing at the moment. The store knows; this is what was read last. */
export interface Paused {
	has(collection: string): boolean;
	/** Reads anew; whether that has changed anything. */
	read(): Promise<boolean>;
	set(collection: string, paused: boolean): Promise<void>;
}

export function openPaused(store: Client<typeof StoreService>): Paused {
	let known: ReadonlySet<string> = new Set();
	let asked = 0;
	let heard = 0;
	const read = async (): Promise<boolean> => {
		asked += 1;
		const turn = asked;
		const now = new Set((await store.paused({})).collections);
		// An answer that comes after a later question's is old: it may not know what was set between the two.
		if (turn < heard) return false;
		heard = turn;
		const before = known;
		known = now;
		return before.symmetricDifference(now).size > 0;
	};
	return {
		has: (collection) => known.has(collection),
		read,
		async set(collection, paused) {
			await store.setPaused({ collection, paused });
			await read();
		},
	};
}

/** Rings the bell when another broker was told to pause or resume a collection. */
export async function followPaused(
	{ paused, bell, log }: Pick<BrokerContext, "paused" | "bell" | "log">,
	everyMs: number,
	signal: AbortSignal,
): Promise<void> {
	while (!signal.aborted) {
		await pause(everyMs, signal);
		try {
			if (!signal.aborted && (await paused.read())) bell.ring();
		} catch (reason) {
			log.debug(
				{ event: "paused.failed", err: reason },
				"which collections are paused could not be read",
			);
		}
	}
}
