import { create } from "@bufbuild/protobuf";
import {
	durationFromMs,
	timestampDate,
	timestampFromMs,
	timestampMs,
} from "@bufbuild/protobuf/wkt";
import {
	AheadSchema,
	type ExplainRequest,
	type ExplainResponse,
	ExplainResponseSchema,
	Reason,
} from "../../../gen/polytope/broker/v1/broker_pb.js";
import {
	type Request,
	Status,
} from "../../../gen/polytope/store/v1/store_pb.js";
import { fault } from "../../platform/faults.ts";
import { statusName } from "../../platform/lifecycle.ts";
import { serves } from "../capacity.ts";
import type { BrokerContext } from "../context.ts";
import { capacityOf } from "../decide.ts";
import { LEAST, type Remaining, remaining } from "../estimate.ts";
import { type Why, whyWaiting } from "../why.ts";

/** Why a request waits, and how long still. Two reads of the store, and what many explanations share. */
export const explain =
	(ctx: BrokerContext) =>
	async ({ requestId }: ExplainRequest): Promise<ExplainResponse> => {
		const { request } = await ctx.store.get({ id: requestId });
		if (request === undefined)
			throw fault("NOT_FOUND", `Request ${requestId} not found`);
		switch (request.status) {
			case Status.UPLOADING:
				return said({
					code: Reason.UPLOAD,
					short: "it waits for its data to be uploaded",
				});
			case Status.WAITING:
				return request.notBefore === undefined
					? explainWaiting(ctx, request)
					: said(whyDeferred(request, timestampDate(request.notBefore)));
			case Status.QUEUED:
				return said(
					{
						code: Reason.DISPATCHED,
						short: "the next worker that is free takes it",
					},
					await estimate(ctx, request),
				);
			case Status.PROCESSING:
				return said(
					{ code: Reason.RUNNING, short: "it is being processed" },
					await estimate(ctx, request),
				);
			default:
				return said({
					code: Reason.ENDED,
					short: `it is ${statusName(request.status)}`,
				});
		}
	};

async function explainWaiting(
	ctx: BrokerContext,
	request: Request,
): Promise<ExplainResponse> {
	const { collection, seq } = request;
	const { inFlight, workers } = await ctx.surroundings.now();
	const pool = ctx.poolOf(collection);
	const total = (name: string) => ({
		inFlight: inFlight.get(name) ?? 0,
		limit: ctx.totals.get(name) ?? 0,
	});
	// What is paused or full holds up nobody else.
	const rivals = [...ctx.totals.keys()].filter((name) => {
		const { inFlight, limit } = total(name);
		return (
			name !== collection &&
			ctx.poolOf(name) === pool &&
			!ctx.paused.has(name) &&
			(limit === 0 || inFlight < limit)
		);
	});
	const place = await ctx.store.place({
		collection,
		userId: request.user?.id ?? "",
		seq,
		collections: [collection, ...rivals],
	});
	const { own, others, exact } = place;
	const capacity = capacityOf({ inFlight, workers }, ctx.poolOf, [collection]);
	const why = whyWaiting({
		collection,
		paused: ctx.paused.has(collection),
		workers: workers.some((some) => serves(some, pool)),
		room: capacity.of(pool) > 0,
		user: { inFlight: Number(place.inFlight), limit: place.limit },
		total: total(collection),
		before: { own: Number(own), others: Number(others), exact },
	});
	const stuck = why.code === Reason.PAUSED || why.code === Reason.NO_WORKER;
	const left = stuck ? undefined : await estimate(ctx, request);
	const ahead = create(AheadSchema, { own, others, exact });
	return { ...said(why, left), ahead };
}

/** The store has told the user already why, and when it is tried again. */
function whyDeferred(request: Request, until: Date) {
	const [fault] = request.userMessage.split(" (tried again at ");
	const time = until.toISOString().slice(11, 19);
	return {
		code: Reason.DEFERRED,
		short: `it is not tried again before ${time} UTC: ${fault || "its datasource had a temporary fault"}`,
	};
}

/** From requests like it: of the same datasource, or of the same collection when those are few. */
async function estimate(
	{ surroundings }: BrokerContext,
	request: Request,
): Promise<Remaining | undefined> {
	const ends = (await surroundings.ends()).filter(
		({ collection }) => collection === request.collection,
	);
	const alike = ends.filter(
		({ datasource }) => datasource === request.datasource,
	);
	const running = request.status === Status.PROCESSING;
	const lately = (alike.length < LEAST ? ends : alike).map((end) => {
		const took = running ? end.ran : end.took;
		return {
			ms: Number(took?.seconds ?? 0) * 1000 + (took?.nanos ?? 0) / 1e6,
			endedAt: end.endedAt ? timestampMs(end.endedAt) : 0,
		};
	});
	return remaining(lately, surroundings.clock.now() - since(request, running));
}

/** When it began to wait, or its attempt to run; ms since 1970. */
function since({ history, createdAt }: Request, running: boolean): number {
	const step = running
		? history.findLast(({ status }) => status === Status.PROCESSING)
		: history.find(({ status }) => status === Status.WAITING);
	const at = step?.at ?? createdAt;
	return at === undefined ? 0 : timestampMs(at);
}

function said(
	{ code, short, words = short }: Omit<Why, "words"> & Partial<Why>,
	left?: Remaining,
): ExplainResponse {
	return create(ExplainResponseSchema, {
		code,
		short,
		reason: `${words.slice(0, 1).toUpperCase()}${words.slice(1)}.`,
		...(left && {
			estimate: {
				p50: durationFromMs(Math.round(left.p50)),
				p90: durationFromMs(Math.round(left.p90)),
				sample: left.sample,
				since: timestampFromMs(left.since),
			},
		}),
	});
}
