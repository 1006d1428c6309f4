import { create } from "@bufbuild/protobuf";
import { timestampDate } from "@bufbuild/protobuf/wkt";
import {
	type ExplainRequest,
	ExplainResponseSchema,
} from "../../../gen/polytope/broker/v1/broker_pb.js";
import {
	type Request,
	Status,
} from "../../../gen/polytope/store/v1/store_pb.js";
import { fault } from "../../platform/faults.ts";
import { statusName } from "../../platform/lifecycle.ts";
import { serves } from "../capacity.ts";
import type { BrokerContext } from "../context.ts";

export const explain =
	(ctx: BrokerContext) =>
	async ({ requestId }: ExplainRequest) => {
		const { request } = await ctx.store.get({ id: requestId });
		if (request === undefined)
			throw fault("NOT_FOUND", `Request ${requestId} not found`);
		return create(ExplainResponseSchema, {
			reason: await reasonOf(ctx, request),
		});
	};

async function reasonOf(ctx: BrokerContext, request: Request): Promise<string> {
	if (request.status !== Status.WAITING)
		return `The request is ${statusName(request.status)}.`;
	if (request.notBefore !== undefined)
		return `The source of its data had a temporary fault; it is tried again at ${timestampDate(request.notBefore).toISOString()}.`;
	await ctx.paused.read();
	if (ctx.paused.has(request.collection))
		return `Collection ${request.collection} is paused by its operators.`;
	const [own, all, read] = await Promise.all([
		ctx.store.counts({ userId: request.user?.id ?? "" }),
		ctx.store.counts({}),
		ctx.store.lanes({ collections: [request.collection], limit: 1000 }),
	]);
	const inFlight = (of: typeof own) =>
		Number(
			of.counts.find((c) => c.collection === request.collection)?.inFlight ?? 0,
		);
	const total = ctx.totals.get(request.collection) ?? 0;
	const pool = ctx.poolOf(request.collection);
	if (!read.workers.some((workers) => serves(workers, pool)))
		return `No worker that serves collection ${request.collection} is running at the moment.`;
	if (total > 0 && inFlight(all) >= total)
		return `Collection ${request.collection} serves its ${total} requests at a time; ${inFlight(all)} are in flight.`;
	const lane = read.lanes.find((l) => l.userId === request.user?.id);
	if (lane === undefined)
		return `${inFlight(own)} of your requests are in flight in collection ${request.collection}: that is your limit.`;
	const ahead = read.lanes.filter((l) => l.headSeq < lane.headSeq).length;
	return `All workers are busy; ${ahead} users have older requests waiting in collection ${request.collection}.`;
}
