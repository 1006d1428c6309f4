import fc from "fast-check";
import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openTestStore, type TestStore } from "../kit/store.ts";
import { type Action, act, actions, type Known } from "./actions.ts";
import type { Call, State } from "./calls.ts";
import {
	difference,
	lanesDiffer,
	observe,
	outsideTheTable,
} from "./observe.ts";
import { after } from "./spec.ts";

/** More of them by `MODEL_RUNS=1000`. */
const RUNS = Number(process.env.MODEL_RUNS ?? 30);
/** Beyond this time, in milliseconds, no more are begun. */
const LIMIT_MS =
	process.env.MODEL_RUNS === undefined ? 6_000 : Number.POSITIVE_INFINITY;
const TIMEOUT = 3_600_000;
const BEGIN = Date.UTC(2025, 0, 1);

let test: TestStore;
beforeAll(async () => {
	test = await openTestStore();
});
afterAll(() => test[Symbol.asyncDispose]());

/** Some act at the same time, then so much time passes (milliseconds). */
interface Round {
	readonly together: readonly Action[];
	readonly passing: number;
}

const rounds = (most: number, rounds: number): fc.Arbitrary<Round[]> =>
	fc.array(
		fc.record({
			together: fc.array(actions, { minLength: 1, maxLength: most }),
			passing: fc.oneof(
				{ weight: 6, arbitrary: fc.constant(0) },
				{ weight: 1, arbitrary: fc.integer({ min: 1, max: 3_000 }) },
				{ weight: 2, arbitrary: fc.constant(3_000) },
				{ weight: 1, arbitrary: fc.constant(11_000) },
				{ weight: 1, arbitrary: fc.constant(21_000) },
			),
		}),
		{ minLength: rounds / 2, maxLength: rounds, size: "max" },
	);

async function follow(all: readonly Round[]): Promise<void> {
	await sql`truncate request, lane, worker`.execute(test.db);
	test.clock.ms = BEGIN;
	const known: Known = { created: [], dispatched: [], claimed: [] };
	let state: State = { now: BEGIN, rows: new Map() };
	for (const { together, passing } of all) {
		const answers = await Promise.all(
			together.map((action) => act(test, known, action)),
		);
		const calls = answers.filter((call) => call !== undefined);
		state = await explain(state, calls);
		test.clock.ms += passing;
		state = { ...state, now: test.clock.ms };
	}
	expect(await test.healed()).toBe(0);
}

/**
 * The state after calls that were made at the same time: there is an order of them in which the specification gives
 * exactly these answers and this state.
 */
async function explain(state: State, calls: readonly Call[]): Promise<State> {
	const seen = await observe(test.db);
	expect(outsideTheTable(seen.values())).toBeUndefined();
	expect(await lanesDiffer(test.db, seen)).toBeUndefined();
	const reasons = new Set<string>();
	for (const possible of ends(state, calls, calls.length === 1)) {
		const wrong = difference(possible, seen);
		if (wrong === undefined) return { now: state.now, rows: seen };
		reasons.add(wrong);
	}
	const told = calls.map((call) => JSON.stringify(call)).join("\n");
	const why = [...reasons].join("\n") || "no order gives these answers";
	throw new Error(`${told}\n${why}`);
}

/** All states that some order of the calls leads to. */
function* ends(
	state: State,
	calls: readonly Call[],
	alone: boolean,
): Generator<State> {
	if (calls.length === 0) yield state;
	for (const [at, call] of calls.entries())
		for (const next of after(state, call, alone))
			yield* ends(next, calls.toSpliced(at, 1), alone);
}

/** At least one run is made, however busy the machine is. */
async function check(most: number, length: number): Promise<void> {
	const deadline = performance.now() + LIMIT_MS;
	let made = 0;
	const property = fc.asyncProperty(rounds(most, length), async (all) => {
		if (made > 0 && performance.now() > deadline) return;
		await follow(all);
		made += 1;
	});
	await fc.assert(property, {
		numRuns: RUNS,
		...(process.env.MODEL_SEED && { seed: Number(process.env.MODEL_SEED) }),
	});
}

describe("the store does what the specification of the life cycle says", () => {
	it("when one acts after the other", () => check(1, 80), TIMEOUT);

	it("when several act at the same time", () => check(4, 30), TIMEOUT);
});
