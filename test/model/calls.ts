import type { StatusName } from "../../services/platform/lifecycle.ts";

/** What the store is called with in the model: attempts, leases and delays in milliseconds. */
export const POLICY = {
	attempts: 2,
	leaseMs: 10_000,
	retries: 1,
	firstMs: 1_000,
	mostMs: 3_000,
	uploadMs: 20_000,
} as const;

/** One request as the specification knows it. Times in milliseconds of the model's own clock. */
export interface Row {
	readonly id: string;
	readonly userId: string;
	readonly collection: string;
	readonly seq: number;
	readonly status: StatusName;
	readonly attempt: number;
	readonly tries: number;
	readonly retries: number;
	/** Of a deferred one: between these two; once seen, exact. */
	readonly notBefore?: { readonly least: number; readonly most: number };
	readonly leaseUntil?: number;
	readonly workerId?: string;
	readonly key?: string;
	readonly dead: boolean;
	readonly hidden: boolean;
	readonly modified: number;
	readonly history: readonly StatusName[];
}

export interface State {
	readonly now: number;
	readonly rows: ReadonlyMap<string, Row>;
}

export type Ending =
	| "processed"
	| "failed"
	| "released"
	| "drained"
	| "temporary"
	| "outage";

/** An attempt as somebody remembers it: perhaps it is over by now. */
export interface Memory {
	readonly id: string;
	readonly attempt: number;
	readonly key: string;
}

/** What was asked of the store, and what it answered. */
export type Call =
	| {
			readonly kind: "create";
			readonly userId: string;
			readonly collection: string;
			readonly uploading: boolean;
			readonly made: { readonly id: string; readonly seq: number };
	  }
	| { readonly kind: "upload"; readonly id: string; readonly done: boolean }
	| {
			readonly kind: "admit";
			readonly userId: string;
			readonly collection: string;
			readonly count: number;
			readonly admitted: readonly { id: string; attempt: number }[];
	  }
	| {
			readonly kind: "claim";
			readonly workerId: string;
			readonly id: string;
			readonly attempt: number;
			/** The staging key; undefined: not claimed. */
			readonly key: string | undefined;
	  }
	| {
			readonly kind: "renew";
			readonly workerId: string;
			readonly of: readonly Memory[];
			readonly lost: readonly string[];
	  }
	| {
			readonly kind: "settle";
			readonly of: Memory;
			readonly ending: Ending;
			readonly lost: boolean;
	  }
	| {
			readonly kind: "cancel";
			readonly userId: string;
			readonly id: string;
			readonly done: boolean;
	  }
	| {
			readonly kind: "requeue";
			readonly all: boolean;
			readonly requeued: readonly string[];
			readonly failed: readonly string[];
	  }
	| { readonly kind: "ripen"; readonly ripened: number }
	| { readonly kind: "revive"; readonly id: string; readonly done: boolean }
	| { readonly kind: "failUploads"; readonly failed: readonly string[] }
	| { readonly kind: "remove"; readonly id: string; readonly done: boolean };
