import type { Change, Status } from "../../gen/polytope/store/v1/store_pb.js";
import type { Log } from "../platform/log.ts";
import type { Broadcast } from "../platform/nats/broadcast.ts";
import { openRelay, type Relay } from "./relay.ts";

/** A change as it is announced; the message type without its protobuf bookkeeping. */
export type Announced = Pick<
	Change,
	"requestId" | "status" | "attempt" | "notBefore"
>;

/** The bell of the store: says what was committed, to whoever listens. Nothing depends on its being heard. */
export interface Changes {
	announce(changes: readonly Announced[]): void;
	/** Something has changed that is no request's status, such as a worker that came: everybody reads again. */
	stir(): void;
	/**
	 * Changes to these statuses (all when empty), as many in one piece as came since the last; a piece without any says
	 * that changes may have been missed. Ends with the signal.
	 */
	listen(
		statuses: readonly Status[],
		signal: AbortSignal,
	): AsyncGenerator<readonly Announced[]>;
}

/** A listener that sleeps on this many changes has lost touch: the oldest are dropped, its sweep will heal it. */
const MAX_BEHIND = 100_000;

/** @param others the other replicas of the store, where there are any: their changes are heard here too. */
export function openChanges(others?: {
	readonly broadcast: Broadcast;
	readonly log: Log;
}): Changes {
	const listeners = new Set<(changes: readonly Announced[]) => void>();
	const hearAll = (changes: readonly Announced[]): void => {
		for (const hear of listeners) hear(changes);
	};
	const relay: Relay | undefined =
		others && openRelay(others.broadcast, others.log, hearAll);
	return {
		announce(changes) {
			if (changes.length === 0) return;
			hearAll(changes);
			relay?.send(changes);
		},
		stir() {
			hearAll([]);
			relay?.stir();
		},
		async *listen(statuses, signal) {
			let heard: Announced[] = [];
			let missed = false;
			let wake = (): void => {};
			const hear = (changes: readonly Announced[]): void => {
				if (changes.length === 0) missed = true;
				for (const change of changes) {
					if (statuses.length === 0 || statuses.includes(change.status))
						heard.push(change);
				}
				if (heard.length > MAX_BEHIND)
					heard.splice(0, heard.length - MAX_BEHIND);
				if (heard.length > 0 || missed) wake();
			};
			const onAbort = (): void => wake();
			listeners.add(hear);
			signal.addEventListener("abort", onAbort);
			try {
				while (!signal.aborted) {
					if (missed) {
						missed = false;
						yield [];
						continue;
					}
					if (heard.length === 0) {
						await new Promise<void>((resolve) => {
							wake = resolve;
							if (signal.aborted) resolve();
						});
						continue;
					}
					const batch = heard;
					heard = [];
					yield batch;
				}
			} finally {
				listeners.delete(hear);
				signal.removeEventListener("abort", onAbort);
			}
		},
	};
}
