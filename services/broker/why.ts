import { Reason } from "../../gen/polytope/broker/v1/broker_pb.js";

/** How many are before it, and whether these are all. */
export interface Before {
	readonly own: number;
	readonly others: number;
	readonly exact: boolean;
}

/** Where a waiting request stands. */
export interface Standing {
	readonly collection: string;
	readonly paused: boolean;
	/** Whether a worker that serves the collection is alive. */
	readonly workers: boolean;
	/** Whether workers that serve it can take more soon. */
	readonly room: boolean;
	/** In flight in its lane, and in its collection. A limit of 0: none. */
	readonly user: Limited;
	readonly total: Limited;
	readonly before: Before;
}

export interface Limited {
	readonly inFlight: number;
	readonly limit: number;
}

/** What a request waits for. */
export interface Why {
	readonly code: Reason;
	/** For people. */
	readonly words: string;
	/** What of the words holds for its whole lane; empty when nothing holds that up. */
	readonly short: string;
}

/** Why a request waits: the first thing that holds it up, as the broker's decision goes. Pure. */
export function whyWaiting(at: Standing): Why {
	const { code, short } = heldUpBy(at);
	if (code === Reason.NEXT) return { code, short, words: "it is next" };
	const queue = beforeIt(at.before, code === Reason.USER_LIMIT);
	const parts = code === Reason.TURN ? [queue] : [short, queue];
	return { code, short, words: parts.filter(Boolean).join("; ") };
}

function heldUpBy(at: Standing): Pick<Why, "code" | "short"> {
	const { collection, user, total, before } = at;
	if (at.paused)
		return {
			code: Reason.PAUSED,
			short: `collection ${collection} is paused by its operators`,
		};
	if (!at.workers)
		return {
			code: Reason.NO_WORKER,
			short: `no worker that serves collection ${collection} is running now`,
		};
	if (isFull(user))
		return {
			code: Reason.USER_LIMIT,
			short:
				user.limit === 1
					? `the one request that you may run at once in collection ${collection} is still running`
					: `${atLimit(user)} of the ${user.limit} requests that you may run at once in collection ${collection} are still running`,
		};
	if (isFull(total))
		return {
			code: Reason.COLLECTION_LIMIT,
			short: `collection ${collection} serves ${count(total.limit, "request")} at once, and ${total.limit === 1 ? "that is" : `${atLimit(total)} are`} running`,
		};
	if (!at.room)
		return { code: Reason.WORKERS_BUSY, short: "all workers are busy" };
	if (before.own + before.others > 0)
		return {
			code: Reason.TURN,
			short: before.others > 0 ? "older requests are served first" : "",
		};
	return { code: Reason.NEXT, short: "" };
}

const isFull = ({ inFlight, limit }: Limited): boolean =>
	limit > 0 && inFlight >= limit;

/** After a limit was lowered more may be in flight than it says. */
const atLimit = ({ inFlight, limit }: Limited): number =>
	Math.min(inFlight, limit);

/** @param ownOnly whoever is at their own limit is not held up by others */
function beforeIt({ own, others, exact }: Before, ownOnly: boolean): string {
	const parts = [
		...(others > 0 && !ownOnly
			? [`${count(others, "request")} of others`]
			: []),
		...(own > 0 ? [`${own} of yours`] : []),
	];
	if (parts.length === 0) return "";
	const one = (ownOnly ? 0 : others) + own === 1;
	return `${exact ? "" : "at least "}${parts.join(" and ")} ${one ? "is" : "are"} before it`;
}

const count = (many: number, what: string): string =>
	`${many} ${what}${many === 1 ? "" : "s"}`;
