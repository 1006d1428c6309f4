import { timestampMs } from "@bufbuild/protobuf/wkt";
import { LRUCache } from "lru-cache";
import type { ExplainResponse } from "../gen/polytope/broker/v1/broker_pb.js";
import { type Request, Status } from "../gen/polytope/store/v1/store_pb.js";
import { steadyClock } from "../services/platform/clock.ts";
import { faultOf } from "../services/platform/faults.ts";
import type { GatewayContext } from "./context.ts";

/** Why requests wait, in the broker's words. Nothing waits long for it, and nothing fails without it. */
export interface Explainer {
	/** All that is known of one request now; undefined when the broker does not say so within a second. */
	whole(id: string): Promise<ExplainResponse | undefined>;
	/**
	 * The reason that holds for all requests of its lane, in a few words, a few seconds old perhaps. Undefined for a
	 * request that has not waited for long, or of which the store says more.
	 */
	short(request: Request): Promise<string | undefined>;
	/** As `short`, of a request that has only come, as far as it is known: nobody is asked. */
	known(request: Request): string | undefined;
}

/** A request is explained when it has waited for so long, in milliseconds: most never do. */
const PATIENT_MS = 2_000;
/** How long the broker may take, of a poll's time, and of one that asks for nothing else. */
const POLL_MS = 300;
const WHOLE_MS = 1_000;
/** How long what it said holds for a lane. */
const KEPT_MS = 5_000;
/** How long it is left alone when it did not answer: else each poll would wait for it. */
const ALONE_MS = 2_000;
const LANES = 10_000;

export function openExplainer({
	broker,
	clock,
	log,
}: Pick<GatewayContext, "broker" | "clock" | "log">): Explainer {
	const lanes = new LRUCache<string, Promise<string | undefined>>({
		max: LANES,
		ttl: KEPT_MS,
	});
	const heard = new LRUCache<string, string>({ max: LANES, ttl: KEPT_MS });
	let aloneUntil = 0;
	// An outage is told once.
	let told = false;

	const ask = async (
		id: string,
		timeoutMs: number,
	): Promise<ExplainResponse | undefined> => {
		if (steadyClock.now() < aloneUntil) return undefined;
		try {
			const said = await broker.explain({ requestId: id }, { timeoutMs });
			told = false;
			return said;
		} catch (reason) {
			const known = faultOf(reason);
			// A request that has gone meanwhile says nothing about the broker.
			if (known?.name === "NOT_FOUND") return undefined;
			aloneUntil = steadyClock.now() + ALONE_MS;
			if (!told)
				log.warn(
					{ event: "explain.failed", err: reason },
					"the broker does not say why requests wait; it is asked again now and then",
				);
			told = true;
			return undefined;
		}
	};
	const ofLane = async (request: Request): Promise<string | undefined> => {
		const short = (await ask(request.id, POLL_MS))?.short || undefined;
		if (short === undefined) heard.delete(laneOf(request));
		else heard.set(laneOf(request), short);
		return short;
	};
	return {
		whole: (id) => ask(id, WHOLE_MS),
		async short(request) {
			if (!isUntold(request) || clock.now() - since(request) < PATIENT_MS)
				return undefined;
			const lane = laneOf(request);
			const known = lanes.get(lane);
			if (known !== undefined) return known;
			const asked = ofLane(request);
			lanes.set(lane, asked);
			return asked;
		},
		known: (request) =>
			isUntold(request) ? heard.get(laneOf(request)) : undefined,
	};
}

/** The store says by itself what a request is tried again for. */
const isUntold = ({ status, userMessage }: Request): boolean =>
	(status === Status.WAITING || status === Status.QUEUED) && userMessage === "";

const laneOf = ({ status, collection, user }: Request): string =>
	`${status}/${collection}/${user?.id}`;

/** Since when it is what it is, ms since 1970. */
const since = ({ modifiedAt }: Request): number =>
	modifiedAt === undefined ? 0 : timestampMs(modifiedAt);
