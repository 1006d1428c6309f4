import { createHash } from "node:crypto";
import { FIELD, field } from "../kit/fields.ts";
import { openRandom, type Random } from "./random.ts";

export const USERS = ["u0", "u1", "u2", "u3", "u4", "u5"] as const;
export const keyOf = (user: string): string => `key-of-${user}`;

/** One thing that a client wants, and how it goes about it. */
export interface Task {
	readonly index: number;
	readonly user: string;
	readonly collection: string;
	readonly request: string | Readonly<Record<string, string>>;
	/** What is archived; undefined: it retrieves. */
	readonly data?: Buffer;
	/** Milliseconds after it was accepted that it is revoked; undefined: never. */
	readonly revokeAfterMs?: number;
	/** Whether a submission that is sent again is told from a new one. */
	readonly idempotent: boolean;
	/** Whether it asks again and again, as polytope-client does, or lets the server hold the answer back. */
	readonly impatient: boolean;
	/** Whether the unmodified polytope-client does it. */
	readonly real: boolean;
}

const KINDS = [
	["echo", 42],
	["dummy", 18],
	["sample", 16],
	["slow", 10],
	["narrow", 6],
	["raise", 2],
	["archive", 6],
] as const;

/** Few sizes, so that what they must hash to is known: in one call, in one part, in several parts. */
const SIZES = [
	[0, 1],
	[1, 2],
	[20_000, 40],
	[300_000, 30],
	[1_048_576, 6],
	[1_048_577, 6],
	[3_000_000, 8],
	[9_000_000, 4],
	[20_000_000, 3],
] as const;
const SLOW_SIZES = [
	[100_000, 6],
	[1_500_000, 3],
	[5_000_000, 1],
] as const;
const PARAMETERS = ["2t", "msl", "10u", "10v"] as const;
const STEPS = Array.from({ length: 13 }, (_, index) => index * 6);
const LONGEST_WAIT_FOR_REVOKE_MS = 1500;

/** All tasks of a run: the same for the same seed. */
export function tasksOf(
	seed: number,
	count: number,
	realShare: number,
): Task[] {
	const random = openRandom(seed);
	return Array.from({ length: count }, (_, index) =>
		taskOf(random, index, realShare),
	);
}

function taskOf(random: Random, index: number, realShare: number): Task {
	const kind = random.weighted(KINDS);
	const archives = kind === "archive";
	const real = !archives && random.chance(realShare);
	const revoked = !real && random.chance(0.08);
	return {
		index,
		user: random.pick(USERS),
		idempotent: random.chance(0.5),
		impatient: random.chance(0.3),
		real,
		...(revoked && {
			revokeAfterMs: random.whole(0, LONGEST_WAIT_FOR_REVOKE_MS),
		}),
		...(archives ? archived(index) : asked(random, kind, index)),
	};
}

function asked(
	random: Random,
	kind: Exclude<(typeof KINDS)[number][0], "archive">,
	index: number,
): Pick<Task, "collection" | "request"> {
	switch (kind) {
		case "dummy":
			return sized(kind, random.weighted(SIZES));
		case "slow":
			return sized(kind, random.weighted(SLOW_SIZES));
		case "sample":
			return { collection: kind, request: someFields(random) };
		default:
			return { collection: kind, request: `text ${index}: grüß dich` };
	}
}

const sized = (collection: string, size: number) => ({
	collection,
	request: { size: `${size}` },
});

function someFields(random: Random): Record<string, string> {
	const first = random.whole(0, STEPS.length - 1);
	const steps = STEPS.slice(first, first + random.whole(1, 3));
	return {
		...FIELD,
		param: random.pick(PARAMETERS),
		step: steps.join("/"),
	};
}

const STEPS_A_DAY = 200;

/** A field of its own: no two tasks archive the same one. */
function archived(index: number) {
	const day =
		Date.UTC(2025, 0, 1) + Math.floor(index / STEPS_A_DAY) * 86_400_000;
	const date = new Date(day).toISOString().slice(0, 10).replaceAll("-", "");
	const step = index % STEPS_A_DAY;
	return {
		collection: "fields",
		request: { ...FIELD, date, step: `${step}` },
		data: field({ date, step }, index + 1),
	};
}

export const sha256 = (data: string | Uint8Array): string =>
	createHash("sha256").update(data).digest("hex");
