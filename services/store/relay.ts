import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { WatchResponseSchema } from "../../gen/polytope/store/v1/store_pb.js";
import type { Log } from "../platform/log.ts";
import type { Broadcast } from "../platform/nats/broadcast.ts";
import type { Announced } from "./changes.ts";

/** Carries changes to the other replicas of the store, and theirs here. */
export interface Relay extends Disposable {
	/** Sends changes to the others, all of one turn of the event loop together. */
	send(changes: readonly Announced[]): void;
	/** Tells the others to read again. */
	stir(): void;
}

/** Changes in one message at most: about 50 bytes each, and NATS takes a megabyte. */
const PIECE = 5_000;
/** A replica that sends more in one turn has started something large: the others are told to read instead. */
const MAX_UNSENT = 50_000;

/**
 * @param hear what others have changed. Nothing in it: anything may have changed, since they, or this replica, could
 *   not be heard for a while.
 */
export function openRelay(
	broadcast: Broadcast,
	log: Log,
	hear: (changes: readonly Announced[]) => void,
): Relay {
	let unsent: Announced[] = [];
	let due = false;

	const say = (changes: readonly Announced[]): void =>
		broadcast.send(
			toBinary(
				WatchResponseSchema,
				create(WatchResponseSchema, { changes: [...changes] }),
			),
		);
	const sendAll = (): void => {
		const all = unsent;
		unsent = [];
		due = false;
		if (all.length > MAX_UNSENT) say([]);
		else
			for (let from = 0; from < all.length; from += PIECE)
				say(all.slice(from, from + PIECE));
	};
	const listening = broadcast.listen({
		onMessage(payload) {
			try {
				hear(fromBinary(WatchResponseSchema, payload).changes);
			} catch (reason) {
				log.warn(
					{ event: "relay.strange", err: reason },
					"a message on the store's subject is none of a store's",
				);
			}
		},
		onReturn() {
			// What was changed here while NATS was away, the others have not heard.
			say([]);
			hear([]);
		},
	});
	return {
		send(changes) {
			if (unsent.length <= MAX_UNSENT) unsent.push(...changes);
			if (due) return;
			due = true;
			setImmediate(sendAll);
		},
		stir: () => say([]),
		[Symbol.dispose]: () => listening[Symbol.dispose](),
	};
}
