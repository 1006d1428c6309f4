import type { Log } from "../log.ts";

/** Whether a server that one can do without is there. */
export interface Presence {
	/** What `far` gives; what `near` gives, when the server is away, fails, or is silent for too long. */
	within<T>(far: () => Promise<T>, near: () => Promise<T>): Promise<T>;
	/** The server is known to be away. */
	lost(reason: unknown): void;
	/** The connection stands (again). */
	found(): void;
	/** From now on nothing is said any more. */
	end(): void;
}

/** After a failure the server is left alone for so long, in milliseconds: else each caller would wait for it anew. */
const ALONE_MS = 1_000;

/** Goes on without a server that is away, and says so once, not with every call. */
export function openPresence(deadlineMs: number, log: Log): Presence {
	let here = false;
	let told = false;
	let ended = false;
	let again: NodeJS.Timeout | undefined;

	const found = (): void => {
		clearTimeout(again);
		here = true;
		if (told && !ended)
			log.info({ event: "cache.back" }, "the cache's Redis is there again");
		told = false;
	};
	const lost = (reason: unknown): void => {
		here = false;
		clearTimeout(again);
		if (ended) return;
		again = setTimeout(() => {
			here = true;
		}, ALONE_MS).unref();
		if (told) return;
		told = true;
		log.warn(
			{ event: "cache.away", err: reason },
			"the cache's Redis is away: until it is back, limits are counted by each process for itself",
		);
	};
	return {
		found,
		lost,
		async within(far, near) {
			if (!here) return near();
			try {
				const answer = await timely(far(), deadlineMs);
				if (told) found();
				return answer;
			} catch (reason) {
				lost(reason);
				return near();
			}
		},
		end() {
			ended = true;
			here = false;
			clearTimeout(again);
		},
	};
}

async function timely<T>(answer: Promise<T>, ms: number): Promise<T> {
	const late = Promise.withResolvers<never>();
	const timer = setTimeout(
		() => late.reject(new Error(`no answer within ${ms} ms`)),
		ms,
	);
	try {
		return await Promise.race([answer, late.promise]);
	} finally {
		clearTimeout(timer);
	}
}
