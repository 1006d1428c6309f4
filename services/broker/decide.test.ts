import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { serves } from "./capacity.ts";
import { decide, type LaneView } from "./decide.ts";

const lane = (
	userId: string,
	headSeq: number,
	more: Partial<LaneView> = {},
): LaneView => ({
	collection: "c",
	userId,
	waiting: 1,
	inFlight: 0,
	limit: 0,
	oldest: [BigInt(headSeq)],
	...more,
});
const none = new Map<string, number>();
const idle = { horizons: new Map<string, bigint>(), inFlight: none };
const rules = { totals: none, poolOf: () => "default" };
const workers = (slots: number, ...pools: string[]) => [{ pools, slots }];

const headOf = ({ oldest: [head] }: LaneView): bigint => head ?? 0n;
/** Of one lane: some places in the order of submission. */
const oldest = fc
	.uniqueArray(fc.bigInt({ min: 1n, max: 1000n }), {
		minLength: 1,
		maxLength: 5,
	})
	.map((places) => places.toSorted((a, b) => Number(a - b)));

describe("who is next", () => {
	it("is nobody when no worker is alive", () => {
		expect(
			decide({ lanes: [lane("a", 1)], ...idle, workers: [] }, rules),
		).toEqual([]);
	});

	it("is the oldest head first", () => {
		const picks = decide(
			{
				lanes: [lane("b", 7), lane("a", 3)],
				...idle,
				workers: workers(4),
			},
			rules,
		);
		expect(picks.map((pick) => pick.userId)).toEqual(["a", "b"]);
	});

	it("lets a lane send only what is older than the next lane's head", () => {
		const [first, last] = decide(
			{
				lanes: [lane("a", 1, { waiting: 9 }), lane("b", 4)],
				...idle,
				workers: workers(64),
			},
			rules,
		);
		expect(first).toEqual({
			collection: "c",
			userId: "a",
			count: 9,
			beforeSeq: 4n,
		});
		expect(last?.beforeSeq).toBe(0n);
	});

	it("fills the workers' slots from lanes whose requests came by turns, in one look", () => {
		const picks = decide(
			{
				lanes: [
					lane("a", 1, { waiting: 1000, oldest: [1n, 3n, 5n] }),
					lane("b", 2, { waiting: 1000, oldest: [2n, 4n, 6n] }),
				],
				...idle,
				workers: workers(2),
			},
			rules,
		);
		expect(picks).toEqual([
			{ collection: "c", userId: "a", count: 2, beforeSeq: 4n },
			{ collection: "c", userId: "b", count: 2, beforeSeq: 5n },
		]);
	});

	it("lets lanes that were read pass nobody whose lane was not", () => {
		const picks = decide(
			{
				lanes: [
					lane("a", 1, { waiting: 9, oldest: [1n, 8n] }),
					lane("b", 5, { waiting: 9 }),
				],
				...idle,
				horizons: new Map([["c", 5n]]),
				workers: workers(64),
			},
			rules,
		);
		expect(picks).toEqual([
			{ collection: "c", userId: "a", count: 1, beforeSeq: 5n },
			{ collection: "c", userId: "b", count: 9, beforeSeq: 6n },
		]);
	});

	it("is, where all that wait are known, whoever came first and has room", () => {
		const lanes = fc.array(
			fc.record({
				waiting: fc.constant(0),
				limit: fc.integer({ min: 0, max: 4 }),
				oldest,
			}),
			{ maxLength: 6 },
		);
		fc.assert(
			fc.property(lanes, fc.nat({ max: 8 }), (drawn, slots) => {
				const some = drawn.map((one, place) => ({
					...lane(String(place), 0),
					...one,
					// Each place in the order is one request's.
					oldest: one.oldest.map((seq) => seq * 10n + BigInt(place)),
					waiting: one.oldest.length,
				}));
				const expected = new Map<string, number>();
				const line = some
					.flatMap((own) => own.oldest.map((seq) => ({ own, seq })))
					.toSorted((a, b) => Number(a.seq - b.seq));
				let free = slots * 2;
				for (const { own } of line) {
					const taken = expected.get(own.userId) ?? 0;
					if (free === 0 || (own.limit > 0 && taken === own.limit)) continue;
					expected.set(own.userId, taken + 1);
					free -= 1;
				}
				const picks = decide(
					{ ...idle, lanes: some, workers: workers(slots) },
					rules,
				);
				expect(
					new Map(picks.map(({ userId, count }) => [userId, count])),
				).toEqual(expected);
			}),
		);
	});

	it("keeps to a user's limit, skipping without blocking who comes later", () => {
		const picks = decide(
			{
				lanes: [lane("a", 1, { limit: 2, inFlight: 2 }), lane("b", 2)],
				...idle,
				workers: workers(4),
			},
			rules,
		);
		expect(picks.map((pick) => pick.userId)).toEqual(["b"]);
	});

	it("lets a pool without workers hold nobody up", () => {
		const picks = decide(
			{
				lanes: [
					lane("a", 1, { collection: "x" }),
					lane("b", 2, { collection: "y", waiting: 3 }),
					lane("c", 4, { collection: "x" }),
				],
				...idle,
				workers: workers(4, "y"),
			},
			{ ...rules, poolOf: (collection) => collection },
		);
		expect(picks).toEqual([
			{ collection: "y", userId: "b", count: 3, beforeSeq: 0n },
		]);
	});

	it("never gives pools more than the workers that serve them can soon take", () => {
		const pool = fc.constantFrom("x", "y", "z");
		const servants = fc.array(
			fc.record({
				pools: fc.uniqueArray(pool, { maxLength: 3 }),
				slots: fc.integer({ min: 1, max: 20 }),
			}),
		);
		const lanes = fc.array(
			fc.record({
				collection: pool,
				userId: fc.uuid(),
				waiting: fc.integer({ min: 1, max: 50 }),
				inFlight: fc.constant(0),
				limit: fc.constant(0),
				oldest,
			}),
		);
		fc.assert(
			fc.property(lanes, servants, (some, alive) => {
				const picks = decide(
					{ lanes: some, ...idle, workers: alive },
					{ ...rules, poolOf: (collection) => collection },
				);
				for (const among of [
					["x"],
					["y"],
					["z"],
					["x", "y", "z"],
					...alive.map(({ pools }) => pools).filter((p) => p.length > 0),
				]) {
					const slots = alive
						.filter((w) => among.some((one) => serves(w, one)))
						.reduce((n, w) => n + w.slots, 0);
					const given = picks
						.filter(({ collection }) => among.includes(collection))
						.reduce((n, { count }) => n + count, 0);
					expect(given).toBeLessThanOrEqual(slots * 2);
				}
				// Nothing waits where there is room: the first of all lanes with a worker is always among the picked.
				const first = some
					.filter(({ collection }) => alive.some((w) => serves(w, collection)))
					.toSorted((a, b) => Number(headOf(a) - headOf(b)))[0];
				if (first !== undefined) expect(picks.length).toBeGreaterThan(0);
			}),
		);
	});

	it("never exceeds a collection's total, the workers' slots twice over, or a lane's limit", () => {
		const lanes = fc.uniqueArray(
			fc.record({
				collection: fc.constantFrom("c", "d"),
				userId: fc.string({ minLength: 1 }),
				waiting: fc.integer({ min: 1, max: 50 }),
				inFlight: fc.integer({ min: 0, max: 5 }),
				limit: fc.integer({ min: 0, max: 9 }),
				oldest,
			}),
			{ selector: (l) => `${l.collection}/${l.userId}` },
		);
		fc.assert(
			fc.property(
				lanes,
				fc.nat({ max: 20 }),
				fc.integer({ min: 1, max: 30 }),
				(some, slots, total) => {
					const inFlight = new Map<string, number>();
					for (const l of some)
						inFlight.set(
							l.collection,
							(inFlight.get(l.collection) ?? 0) + l.inFlight,
						);
					const picks = decide(
						{ ...idle, lanes: some, inFlight, workers: workers(slots) },
						{ ...rules, totals: new Map([["c", total]]) },
					);
					const picked = (of: (pick: (typeof picks)[number]) => boolean) =>
						picks.filter(of).reduce((n, pick) => n + pick.count, 0);
					const before = [...inFlight.values()].reduce((a, b) => a + b, 0);
					if (picks.length > 0)
						expect(before + picked(() => true)).toBeLessThanOrEqual(slots * 2);
					const inC = picked((pick) => pick.collection === "c");
					if (inC > 0)
						expect((inFlight.get("c") ?? 0) + inC).toBeLessThanOrEqual(total);
					for (const l of some) {
						const own = picked(
							(pick) =>
								pick.collection === l.collection && pick.userId === l.userId,
						);
						expect(own).toBeLessThanOrEqual(l.waiting);
						if (l.limit > 0 && own > 0)
							expect(l.inFlight + own).toBeLessThanOrEqual(l.limit);
					}
				},
			),
		);
	});
});
