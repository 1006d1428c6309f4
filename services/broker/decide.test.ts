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
	headSeq: BigInt(headSeq),
	...more,
});
const none = new Map<string, number>();
const rules = { totals: none, poolOf: () => "default" };
const workers = (slots: number, ...pools: string[]) => [{ pools, slots }];

describe("who is next", () => {
	it("is nobody when no worker is alive", () => {
		expect(
			decide({ lanes: [lane("a", 1)], inFlight: none, workers: [] }, rules),
		).toEqual([]);
	});

	it("is the oldest head first", () => {
		const picks = decide(
			{
				lanes: [lane("b", 7), lane("a", 3)],
				inFlight: none,
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
				inFlight: none,
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

	it("keeps to a user's limit, skipping without blocking who comes later", () => {
		const picks = decide(
			{
				lanes: [lane("a", 1, { limit: 2, inFlight: 2 }), lane("b", 2)],
				inFlight: none,
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
				inFlight: none,
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
				headSeq: fc.bigInt({ min: 1n, max: 1000n }),
			}),
		);
		fc.assert(
			fc.property(lanes, servants, (some, alive) => {
				const picks = decide(
					{ lanes: some, inFlight: none, workers: alive },
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
					.toSorted((a, b) => Number(a.headSeq - b.headSeq))[0];
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
				headSeq: fc.bigInt({ min: 1n, max: 1000n }),
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
						{ lanes: some, inFlight, workers: workers(slots) },
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
