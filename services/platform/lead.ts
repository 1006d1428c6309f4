import {
	durationFromMs,
	durationMs,
	timestampMs,
} from "@bufbuild/protobuf/wkt";
import type { Client } from "@connectrpc/connect";
import type {
	LeadResponse,
	StoreService,
} from "../../gen/polytope/store/v1/store_pb.js";
import { type Clock, type Follower, openFollower } from "./clock.ts";
import type { Log } from "./log.ts";
import { INSTRUMENTS } from "./telemetry/instruments.ts";
import { pause } from "./wait.ts";

/** Who wants to lead what. */
export interface Candidate {
	readonly store: Client<typeof StoreService>;
	readonly role: "broker" | "collector" | "telemetry";
	/** The part of the role's work that has a leader of its own. */
	readonly shard: string;
	/** Names this process among all that run. */
	readonly holder: string;
	/** Milliseconds that a leader may be silent before another one takes over. */
	readonly leaseMs: number;
	readonly log: Log;
}

/** What a leader may ask about its own leadership. */
export interface Leadership {
	/**
	 * Milliseconds for which it has been held without a gap, as the store knows at this moment: for so long the database
	 * was never away for a whole lease, for anybody. 0 when it is lost.
	 */
	held(): Promise<number>;
	/** The store's, as last heard: what compares with times of requests goes by it. */
	readonly clock: Clock;
}

/**
 * Works while this process is the leader, and stands by while another one is. Who is stopped, killed or cut off from the
 * store loses the leadership after a lease; a leader that ends in good order gives it back at once.
 *
 * @param work ends with its signal; it may be called again
 */
export async function lead(
	candidate: Candidate,
	work: (leadership: Leadership, signal: AbortSignal) => Promise<void>,
	signal: AbortSignal,
): Promise<void> {
	const { role, shard, holder, log, leaseMs } = candidate;
	const clock = openFollower();
	while (!signal.aborted) {
		if (await ask(candidate, clock)) {
			using _ = INSTRUMENTS.leading.watch(() => [
				[1, { "polytope.role": role }],
			]);
			log.info({ event: "lead.begun", shard, holder }, "leading now");
			await reign(candidate, clock, work, signal);
			log.info({ event: "lead.ended", shard, holder }, "leading no more");
		} else await pause((leaseMs / 3) * (0.8 + Math.random() * 0.4), signal);
	}
}

async function reign(
	candidate: Candidate,
	clock: Follower,
	work: (leadership: Leadership, signal: AbortSignal) => Promise<void>,
	signal: AbortSignal,
): Promise<void> {
	const over = new AbortController();
	const stop = AbortSignal.any([signal, over.signal]);
	const renewing = renew(candidate, clock, stop).then(() => over.abort());
	const leadership: Leadership = {
		clock,
		async held() {
			const answer = await candidate.store.lead(question(candidate));
			const { leading, held } = heard(answer, clock);
			if (!leading) over.abort();
			return leading && held !== undefined ? durationMs(held) : 0;
		},
	};
	try {
		await work(leadership, stop);
	} finally {
		over.abort();
		await renewing;
		await resign(candidate);
	}
}

/** Returns when the leadership is lost, or may be: when nothing was heard of the store for a lease. */
async function renew(
	candidate: Candidate,
	clock: Follower,
	stop: AbortSignal,
): Promise<void> {
	const { leaseMs } = candidate;
	let confirmed = performance.now();
	while (!stop.aborted) {
		await pause(leaseMs / 3, stop);
		if (stop.aborted) return;
		const asked = performance.now();
		const leading = await ask(candidate, clock);
		if (leading) confirmed = asked;
		if (leading === false || performance.now() - confirmed > leaseMs) return;
	}
}

const question = ({ role, shard, holder, leaseMs }: Candidate) => ({
	role,
	shard,
	holder,
	lease: durationFromMs(leaseMs),
});

/** Undefined: the store did not answer. */
async function ask(
	candidate: Candidate,
	clock: Follower,
): Promise<boolean | undefined> {
	const { store, log, leaseMs } = candidate;
	try {
		const answer = await store.lead(question(candidate), {
			timeoutMs: leaseMs,
		});
		return heard(answer, clock).leading;
	} catch (reason) {
		log.warn(
			{ event: "lead.failed", err: reason },
			"the store did not say who leads",
		);
		return undefined;
	}
}

function heard(answer: LeadResponse, clock: Follower): LeadResponse {
	if (answer.now !== undefined) clock.hear(timestampMs(answer.now));
	return answer;
}

async function resign(candidate: Candidate): Promise<void> {
	const { store, log, leaseMs } = candidate;
	try {
		await store.lead(
			{ ...question(candidate), resign: true },
			{ timeoutMs: leaseMs },
		);
	} catch (reason) {
		log.warn(
			{ event: "lead.failed", err: reason },
			"the leadership was not given back; its lease runs out",
		);
	}
}
