import { create } from "@bufbuild/protobuf";
import {
	type Settlement,
	SettlementSchema,
	type StagedResult,
} from "../../gen/polytope/store/v1/store_pb.js";
import { batched } from "../platform/batch.ts";
import { faultOf } from "../platform/faults.ts";
import { pause } from "../platform/wait.ts";
import type { WorkerContext } from "./context.ts";
import type { RunningAttempt } from "./running.ts";

/** How an attempt ended, seen from the worker. */
export type Outcome =
	| { readonly kind: "processed"; readonly result: StagedResult }
	| { readonly kind: "failed"; readonly message: string }
	| {
			readonly kind: "released";
			readonly reason: string;
			readonly uncounted: boolean;
	  };

export type Settle = (
	attempt: RunningAttempt,
	outcome: Outcome,
) => Promise<void>;

const BATCH = 256;
const AGAIN_MS = 200;

/**
 * Tells the store how attempts ended, many in one call, until the store has heard: a finished result must not be lost to
 * an outage. A completion that the store refuses is no success: its bytes are thrown away.
 */
export function openSettling(
	ctx: WorkerContext,
	hardStop: AbortSignal,
): Settle {
	const send = batched<Settlement, { lost: boolean }>(async (settlements) => {
		const { lost } = await ctx.store.settle({ settlements: [...settlements] });
		const gone = new Set(lost.map((attempt) => attempt.requestId));
		return settlements.map(({ attempt }) => ({
			lost: gone.has(attempt?.requestId ?? ""),
		}));
	}, BATCH);

	return async (attempt, outcome) => {
		const settlement = toSettlement(attempt, outcome);
		for (;;) {
			try {
				const { lost } = await send(settlement);
				if (lost && outcome.kind === "processed") await throwAway(ctx, attempt);
				return;
			} catch (reason) {
				const known = faultOf(reason);
				ctx.log.error(
					{ event: "settle.failed", id: attempt.request.id, err: reason },
					"the store did not take an outcome",
				);
				if (hardStop.aborted || (known !== undefined && !known.retry)) return;
				await pause(AGAIN_MS, hardStop);
			}
		}
	};
}

async function throwAway(
	{ staging, log }: WorkerContext,
	attempt: RunningAttempt,
): Promise<void> {
	log.warn(
		{
			event: "attempt.lost",
			id: attempt.request.id,
			attempt: attempt.request.attempt,
		},
		"the attempt was no longer ours; its result is thrown away",
	);
	await staging.delete({ keys: [attempt.stagingKey] });
}

function toSettlement(
	{ request }: RunningAttempt,
	outcome: Outcome,
): Settlement {
	const attempt = { requestId: request.id, attempt: request.attempt };
	switch (outcome.kind) {
		case "processed":
			return create(SettlementSchema, {
				attempt,
				outcome: { case: "processed", value: outcome.result },
				userMessage: "Success",
			});
		case "failed":
			return create(SettlementSchema, {
				attempt,
				outcome: { case: "failed", value: outcome.message },
				userMessage: outcome.message,
			});
		case "released":
			return create(SettlementSchema, {
				attempt,
				outcome: { case: "released", value: outcome.reason },
				uncounted: outcome.uncounted,
			});
	}
}
