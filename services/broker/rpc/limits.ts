import { create } from "@bufbuild/protobuf";
import {
	LimitsResponseSchema,
	type PauseRequest,
	PauseResponseSchema,
	type ResumeRequest,
	ResumeResponseSchema,
} from "../../../gen/polytope/broker/v1/broker_pb.js";
import { fault } from "../../platform/faults.ts";
import type { BrokerContext } from "../context.ts";

export const limits = (ctx: BrokerContext) => async () => {
	const [{ counts }] = await Promise.all([
		ctx.store.counts({}),
		ctx.paused.read(),
	]);
	return create(LimitsResponseSchema, {
		collections: [...ctx.totals].map(([collection, total]) => ({
			collection,
			total,
			inFlight:
				counts.find((count) => count.collection === collection)?.inFlight ?? 0n,
			paused: ctx.paused.has(collection),
		})),
	});
};

export const pauseCollection =
	(ctx: BrokerContext) =>
	async ({ collection }: PauseRequest) => {
		await ctx.paused.set(known(ctx, collection), true);
		return create(PauseResponseSchema, {});
	};

export const resumeCollection =
	(ctx: BrokerContext) =>
	async ({ collection }: ResumeRequest) => {
		await ctx.paused.set(known(ctx, collection), false);
		ctx.bell.ring();
		return create(ResumeResponseSchema, {});
	};

function known({ totals }: BrokerContext, collection: string): string {
	if (!totals.has(collection))
		throw fault("NOT_FOUND", `there is no collection '${collection}'`);
	return collection;
}
