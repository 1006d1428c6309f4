import { create } from "@bufbuild/protobuf";
import { Code, ConnectError } from "@connectrpc/connect";
import {
	type PlanRequest,
	type PlanResponse,
	PlanResponseSchema,
} from "../../../gen/polytope/worker/v1/worker_pb.js";
import { RequestError } from "../../../hypercube/mars/errors.ts";
import type { MatchedRequest } from "../../collections/match.ts";
import { fault } from "../../platform/faults.ts";
import type { WorkerContext } from "../context.ts";
import { DatasourceError } from "../datasources/datasource.ts";

/** What serving a request would read and answer. */
export const plan =
	(ctx: Pick<WorkerContext, "datasource">) =>
	async (
		{ collection, datasource: name, request }: PlanRequest,
		{ signal }: { readonly signal: AbortSignal },
	): Promise<PlanResponse> => {
		const datasource = ctx.datasource(collection, name);
		if (datasource === undefined)
			throw fault(
				"NOT_FOUND",
				`Datasource ${name} of collection ${collection} is not offered here`,
			);
		if (datasource.plan === undefined)
			throw new ConnectError(
				`Datasource ${name} cannot tell what a request takes`,
				Code.Unimplemented,
			);
		try {
			const planned = await datasource.plan(
				{ request: parsed(request) },
				signal,
			);
			const { cut } = planned;
			return create(PlanResponseSchema, {
				fields: BigInt(planned.fields),
				bytesToRead: BigInt(planned.read.bytes),
				bytesToReadAtFirst: BigInt(planned.read.cold),
				bytesToSend: BigInt(planned.sent.bytes),
				bytesExact: planned.sent.exact,
				mediaType: planned.mediaType,
				...(cut && {
					points: BigInt(cut.points),
					values: BigInt(cut.values),
					coverages: BigInt(cut.coverages),
					grids: [...cut.grids],
					parameters: [...cut.parameters],
				}),
			});
		} catch (reason) {
			if (reason instanceof RequestError)
				throw fault("INVALID", reason.message, reason);
			if (reason instanceof DatasourceError)
				throw fault(
					reason.retryAfter === undefined ? "INVALID" : "UNAVAILABLE",
					reason.message,
					reason,
				);
			throw reason;
		}
	};

function parsed(request: string): MatchedRequest {
	try {
		return JSON.parse(request);
	} catch (reason) {
		throw fault("INVALID", "the request is not JSON", reason);
	}
}
