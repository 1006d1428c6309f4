import type { MessageInitShape } from "@bufbuild/protobuf";
import { durationFromMs, timestampFromMs } from "@bufbuild/protobuf/wkt";
import { ConnectError } from "@connectrpc/connect";
import fc from "fast-check";
import type { SettlementSchema } from "../../gen/polytope/store/v1/store_pb.js";
import { faultOf } from "../../services/platform/faults.ts";
import type { TestStore } from "../kit/store.ts";
import { type Call, type Ending, type Memory, POLICY } from "./calls.ts";

const USERS = ["ann", "bob"];
const COLLECTIONS = ["c"];
const WORKERS = ["w1", "w2"];
/** Deferrals more often: what follows from them takes several steps. */
const ENDINGS: readonly Ending[] = [
	"temporary",
	"temporary",
	"processed",
	"failed",
	"released",
	"drained",
	"temporary",
	"outage",
];

/** What somebody does. `back` picks one of what was handed out, counted from the last: also what is long over. */
export type Action =
	| {
			readonly kind: "create";
			readonly userId: string;
			readonly collection: string;
			readonly uploading: boolean;
	  }
	| {
			readonly kind: "admit";
			readonly userId: string;
			readonly collection: string;
			readonly count: number;
	  }
	| { readonly kind: "claim"; readonly workerId: string; readonly back: number }
	| { readonly kind: "renew"; readonly workerId: string }
	| { readonly kind: "settle"; readonly back: number; readonly ending: Ending }
	| {
			readonly kind: "cancel" | "upload" | "revive" | "remove";
			readonly back: number;
	  }
	| { readonly kind: "requeue" | "giveBack" | "ripen" | "failUploads" };

const user = fc.constantFrom(...USERS);
const collection = fc.constantFrom(...COLLECTIONS);
const workerId = fc.constantFrom(...WORKERS);
const back = fc.nat(3);
const action = <K extends Action["kind"]>(kind: K) => fc.constant(kind);

export const actions: fc.Arbitrary<Action> = fc.oneof(
	{
		weight: 6,
		arbitrary: fc.record({
			kind: action("create"),
			userId: user,
			collection,
			uploading: fc.integer({ min: 0, max: 5 }).map((n) => n === 0),
		}),
	},
	{
		weight: 8,
		arbitrary: fc.record({
			kind: action("admit"),
			userId: user,
			collection,
			count: fc.integer({ min: 1, max: 3 }),
		}),
	},
	{
		weight: 9,
		arbitrary: fc.record({ kind: action("claim"), workerId, back }),
	},
	{ weight: 3, arbitrary: fc.record({ kind: action("renew"), workerId }) },
	{
		weight: 9,
		arbitrary: fc.record({
			kind: action("settle"),
			back,
			ending: fc.constantFrom(...ENDINGS),
		}),
	},
	{
		weight: 6,
		arbitrary: fc.record({
			kind: fc.constantFrom(
				"cancel" as const,
				"cancel" as const,
				"upload" as const,
				"revive" as const,
				"remove" as const,
			),
			back,
		}),
	},
	{
		weight: 6,
		arbitrary: fc.record({
			kind: fc.constantFrom(
				"requeue" as const,
				"requeue" as const,
				"ripen" as const,
				"ripen" as const,
				"failUploads" as const,
				"giveBack" as const,
			),
		}),
	},
);

/** What was handed out so far. */
export interface Known {
	readonly created: { readonly id: string; readonly userId: string }[];
	readonly dispatched: { readonly id: string; readonly attempt: number }[];
	readonly claimed: (Memory & { readonly workerId: string })[];
}

/** Does it, and tells the call with its answer; undefined: there is nothing to do it on yet. */
export async function act(
	{ store, clock, submit }: TestStore,
	known: Known,
	action: Action,
): Promise<Call | undefined> {
	switch (action.kind) {
		case "create": {
			const { userId, collection, uploading } = action;
			const { id, seq } = await submit({ userId, collection }, { uploading });
			known.created.push({ id, userId });
			return { ...action, made: { id, seq: Number(seq) } };
		}
		case "admit": {
			const { kind: _, ...admission } = action;
			const { dispatches } = await store.admit({ admissions: [admission] });
			const admitted = dispatches.map((one) => ({
				id: one.requestId,
				attempt: one.attempt,
			}));
			known.dispatched.push(...admitted);
			return { ...action, admitted };
		}
		case "claim": {
			const one = pick(known.dispatched, action.back);
			if (one === undefined) return undefined;
			const { workerId } = action;
			const { claimed } = await store.claim({
				workerId,
				attempts: [{ requestId: one.id, attempt: one.attempt }],
				lease: durationFromMs(POLICY.leaseMs),
			});
			const key = claimed[0]?.stagingKey;
			if (key !== undefined) known.claimed.push({ ...one, key, workerId });
			return { kind: "claim", workerId, ...one, key };
		}
		case "renew": {
			const { workerId } = action;
			// Also what others have claimed: it is not its own.
			const of = latest(known.claimed);
			const { lost } = await store.renew({
				workerId,
				slots: 4,
				lease: durationFromMs(POLICY.leaseMs),
				progress: of.map(({ id, attempt }) => ({
					attempt: { requestId: id, attempt },
				})),
			});
			return {
				kind: "renew",
				workerId,
				of,
				lost: lost.map(({ requestId }) => requestId),
			};
		}
		case "settle": {
			const of = pick(known.claimed, action.back);
			if (of === undefined) return undefined;
			const { lost } = await store.settle({
				settlements: [settlement(of, action.ending)],
			});
			return {
				kind: "settle",
				of,
				ending: action.ending,
				lost: lost.length > 0,
			};
		}
		case "requeue":
		case "giveBack": {
			const all = action.kind === "giveBack";
			const answer = await store.requeue({
				limit: 100,
				maxAttempts: POLICY.attempts,
				allProcessing: all,
			});
			const ids = (attempts: readonly { requestId: string }[]) =>
				attempts.map(({ requestId }) => requestId);
			return {
				kind: "requeue",
				all,
				requeued: ids(answer.requeued),
				failed: ids(answer.failed),
			};
		}
		case "ripen": {
			const { ripened } = await store.ripen({ limit: 100 });
			return { kind: "ripen", ripened };
		}
		case "failUploads": {
			const { failed } = await store.failUploads({
				modifiedBefore: timestampFromMs(clock.ms - POLICY.uploadMs),
				limit: 100,
			});
			return { kind: "failUploads", failed };
		}
		default: {
			const one = pick(known.created, action.back);
			if (one === undefined) return undefined;
			const { kind } = action;
			const done = await onOne({ store }, kind, one);
			return { kind, ...one, done };
		}
	}
}

const pick = <T>(all: readonly T[], back: number): T | undefined =>
	all.length === 0 ? undefined : all[Math.max(0, all.length - 1 - back)];

/** Of each request the last attempt. */
const latest = (memories: readonly Memory[]): Memory[] => [
	...new Map(memories.map((one) => [one.id, one])).values(),
];

async function onOne(
	{ store }: Pick<TestStore, "store">,
	kind: "cancel" | "upload" | "revive" | "remove",
	{ id, userId }: { readonly id: string; readonly userId: string },
): Promise<boolean> {
	switch (kind) {
		case "revive":
			return (await store.revive({ ids: [id] })).revived.length > 0;
		case "remove":
			return (await store.remove({ ids: [id] })).removed > 0n;
		case "cancel":
			return taken(store.cancel({ id, userId }));
		case "upload":
			return taken(
				store.beginUpload({ id, userId }).then(({ stagingKey }) =>
					store.endUpload({
						id,
						userId,
						input: { key: stagingKey, length: 1n, sha256: "a", md5: "b" },
					}),
				),
			);
	}
}

/** Whether it was done; a refusal is no error here. */
async function taken(call: Promise<unknown>): Promise<boolean> {
	try {
		await call;
		return true;
	} catch (reason) {
		const name = reason instanceof ConnectError && faultOf(reason)?.name;
		if (name === "NOT_FOUND" || name === "CONFLICT") return false;
		throw reason;
	}
}

function settlement(
	of: Memory,
	ending: Ending,
): MessageInitShape<typeof SettlementSchema> {
	return {
		attempt: { requestId: of.id, attempt: of.attempt, stagingKey: of.key },
		outcome: outcomeOf(of, ending),
		uncounted: ending === "drained",
	};
}

function outcomeOf({ key }: Memory, ending: Ending) {
	switch (ending) {
		case "processed":
			return {
				case: "processed" as const,
				value: { key, mediaType: "a/b", length: 1n, sha256: "a", md5: "b" },
			};
		case "failed":
			return { case: "failed" as const, value: "no" };
		case "released":
		case "drained":
			return { case: "released" as const, value: "later" };
		case "temporary":
		case "outage":
			return {
				case: "temporary" as const,
				value: {
					reason: "down",
					first: durationFromMs(POLICY.firstMs),
					most: durationFromMs(POLICY.mostMs),
					times: ending === "temporary" ? POLICY.retries : 0,
				},
			};
	}
}
