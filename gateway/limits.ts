import type { FastifyReply, FastifyRequest } from "fastify";
import type { User } from "../services/collections/user.ts";
import type { Cache, Rate } from "../services/platform/cache/cache.ts";
import type { Config } from "../services/platform/config/schema.ts";
import { pause } from "../services/platform/wait.ts";
import { Problem } from "./problem.ts";

/** How often a caller may ask. Who shows credentials is counted as a user, who shows none by address. */
export interface Limits extends Disposable {
	/** Counts a submission. @throws Problem when there were too many */
	submission(request: FastifyRequest, user: User): Promise<void>;
	/**
	 * Counts anything else, and holds it back where there was too much. Polls are never refused: a client that is told
	 * to wait by a status is silent for two minutes and may give up a request that goes well.
	 */
	poll(request: FastifyRequest, reply: FastifyReply, user: User): Promise<void>;
}

interface LimitsContext {
	readonly cache: Cache;
	readonly addressOf: (request: FastifyRequest["raw"]) => string;
	readonly limits: Config["http"]["limits"];
	/** Status of a refusal: 403, which clients show at once, or 429. */
	readonly rejectStatus: number;
}

export function openLimits(ctx: LimitsContext): Limits {
	const { cache, limits, rejectStatus } = ctx;
	const stop = new AbortController();
	const submissions = rateOf(limits.submissions);
	const polls = rateOf(limits.polls);
	const { hold } = limits.polls;
	const bucketOf = (what: string, { raw }: FastifyRequest, user: User) =>
		raw.headers.authorization === undefined
			? `${what}/address/${ctx.addressOf(raw)}`
			: `${what}/user/${user.id}`;
	return {
		async submission(request, user) {
			if (submissions === undefined) return;
			const bucket = bucketOf("submission", request, user);
			const { taken, waitMs } = await cache.take(bucket, submissions);
			if (!taken) throw tooMany(rejectStatus, waitMs);
		},
		async poll(request, reply, user) {
			if (polls === undefined) return;
			const bucket = bucketOf("poll", request, user);
			const { taken, waitMs } = await cache.take(bucket, polls, hold);
			if (waitMs > 0)
				await whileThere(reply, stop.signal, (signal) =>
					pause(taken ? waitMs : hold, signal),
				);
		},
		[Symbol.dispose]: () => stop.abort(),
	};
}

/** Undefined: no limit. */
export const rateOf = ({
	rate,
	burst,
}: {
	readonly rate: number;
	readonly burst: number;
}): Rate | undefined => (rate === 0 ? undefined : { perSecond: rate, burst });

function tooMany(status: number, waitMs: number): Problem {
	const seconds = Math.max(1, Math.ceil(waitMs / 1000));
	return new Problem(
		status,
		`You have submitted too many requests in a short time: wait ${seconds} s, then submit the rest more slowly. Those that were accepted go on`,
		{ "retry-after": `${seconds}` },
	);
}

/** Does something with a signal that fires when the client has gone or everything stops. */
async function whileThere(
	reply: FastifyReply,
	stop: AbortSignal,
	work: (signal: AbortSignal) => Promise<void>,
): Promise<void> {
	const gone = new AbortController();
	const leave = (): void => gone.abort();
	reply.raw.once("close", leave);
	try {
		await work(AbortSignal.any([gone.signal, stop]));
	} finally {
		reply.raw.off("close", leave);
	}
}
