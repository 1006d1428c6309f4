import { create } from "@bufbuild/protobuf";
import { durationFromMs } from "@bufbuild/protobuf/wkt";
import {
	type Settlement,
	SettlementSchema,
	type StagedResult,
	TemporaryFaultSchema,
} from "../../gen/polytope/store/v1/store_pb.js";
import { batched } from "../platform/batch.ts";
import { faultOf } from "../platform/faults.ts";
import { pause } from "../platform/wait.ts";
import { removeInput } from "./archive.ts";
import type { RetryPolicy, WorkerContext } from "./context.ts";
import type { Archived } from "./datasources/datasource.ts";
import type { RunningAttempt } from "./running.ts";

/** How an attempt ended, seen from the worker. */
export type Outcome =
	| { readonly kind: "processed"; readonly result: StagedResult }
	| { readonly kind: "archived"; readonly archived: Archived }
	| { readonly kind: "failed"; readonly message: string }
	| {
			/** A fault that may be over later. */
			readonly kind: "temporary";
			readonly reason: string;
			/** Milliseconds before which trying again is of no use. */
			readonly after: number;
			/** An outage of ours: tried again without end. */
			readonly ours: boolean;
	  }
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
/** Delays after an outage of ours, in milliseconds: when it is over, users should not wait long. */
const OUTAGE = { firstMs: 1_000, mostMs: 30_000 };

/**
 * Tells the store how attempts ended, many in one call, until the store has heard: a finished result must not be lost to
 * an outage. A completion that the store refuses is no success: its bytes are thrown away.
 */
export function openSettling(
	ctx: WorkerContext,
	hardStop: AbortSignal,
): Settle {
	const send = batched<Settlement, { lost: boolean }>(
		async (settlements) => {
			const { lost } = await ctx.store.settle({
				settlements: [...settlements],
			});
			const gone = new Set(lost.map((attempt) => attempt.requestId));
			return settlements.map(({ attempt }) => ({
				lost: gone.has(attempt?.requestId ?? ""),
			}));
		},
		{ most: BATCH },
	);

	return async (attempt, outcome) => {
		const settlement = toSettlement(ctx, attempt, outcome);
		for (;;) {
			try {
				const { lost } = await send(settlement);
				if (lost) await throwAway(ctx, attempt, outcome);
				else if (isEnd(outcome)) await removeInput(ctx, attempt);
				return;
			} catch (reason) {
				const known = faultOf(reason);
				ctx.log.error(
					{
						event: "settle.failed",
						requestId: attempt.request.id,
						err: reason,
					},
					"the store did not take an outcome",
				);
				if (hardStop.aborted || (known !== undefined && !known.retry)) return;
				await pause(AGAIN_MS, hardStop);
			}
		}
	};
}

/** Whether the request will not be tried again by itself. */
const isEnd = ({ kind }: Outcome): boolean =>
	kind === "archived" || kind === "failed";

async function throwAway(
	{ staging, log }: WorkerContext,
	attempt: RunningAttempt,
	outcome: Outcome,
): Promise<void> {
	if (outcome.kind !== "processed" && outcome.kind !== "archived") return;
	log.warn(
		{
			event: "attempt.lost",
			requestId: attempt.request.id,
			attempt: attempt.request.attempt,
		},
		"the attempt was no longer ours; what it made is thrown away",
	);
	if (outcome.kind === "archived") await outcome.archived.undo();
	else await staging.delete({ keys: [attempt.stagingKey] });
}

const fieldsIn = ({ fields }: Archived): string =>
	fields === 1 ? "1 field" : `${fields} fields`;

function toSettlement(
	{ retry }: WorkerContext,
	{ request, bytes, stagingKey }: RunningAttempt,
	outcome: Outcome,
): Settlement {
	const attempt = {
		requestId: request.id,
		attempt: request.attempt,
		stagingKey,
	};
	switch (outcome.kind) {
		case "processed":
			return create(SettlementSchema, {
				attempt,
				outcome: { case: "processed", value: outcome.result },
				userMessage: "Success",
			});
		case "archived":
			return create(SettlementSchema, {
				attempt,
				outcome: { case: "archived", value: {} },
				userMessage: `Success: ${fieldsIn(outcome.archived)}, ${bytes} bytes archived`,
			});
		case "failed":
			return create(SettlementSchema, {
				attempt,
				outcome: { case: "failed", value: outcome.message },
				userMessage: outcome.message,
			});
		case "temporary":
			return create(SettlementSchema, {
				attempt,
				outcome: { case: "temporary", value: toFault(retry, outcome) },
			});
		case "released":
			return create(SettlementSchema, {
				attempt,
				outcome: { case: "released", value: outcome.reason },
				uncounted: outcome.uncounted,
			});
	}
}

function toFault(
	policy: RetryPolicy,
	{ reason, after, ours }: Extract<Outcome, { kind: "temporary" }>,
) {
	const { firstMs, mostMs } = ours ? OUTAGE : policy;
	return create(TemporaryFaultSchema, {
		reason,
		first: durationFromMs(firstMs),
		most: durationFromMs(mostMs),
		least: durationFromMs(after),
		times: ours ? 0 : policy.times,
	});
}
