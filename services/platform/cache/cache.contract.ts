import { describe, expect, it } from "vitest";
import { until } from "../../../test/kit/until.ts";
import type { Cache, Rate } from "./cache.ts";

/** So slow that no test sees a refill. */
const SLOW: Rate = { perSecond: 0.01, burst: 3 };

/** What every cache promises. `open` gives an empty one. */
export function cacheContract(name: string, open: () => Promise<Cache>): void {
	describe(`cache: ${name}`, () => {
		it("gives so many turns at once, then says how long to wait", async () => {
			await using cache = await open();
			for (let n = 0; n < 3; n++)
				expect(await cache.take("a", SLOW)).toEqual({
					taken: true,
					waitMs: 0,
				});
			const { taken, waitMs } = await cache.take("a", SLOW);
			expect(taken).toBe(false);
			expect(waitMs).toBeGreaterThan(90_000);
			expect(waitMs).toBeLessThanOrEqual(100_000);
		});

		it("does not count what it refuses", async () => {
			await using cache = await open();
			const turns = [];
			for (let n = 0; n < 6; n++) turns.push(await cache.take("a", SLOW));
			expect(turns.at(-1)?.waitMs).toBeLessThanOrEqual(100_000);
		});

		it("counts each bucket for itself", async () => {
			await using cache = await open();
			for (let n = 0; n < 4; n++) await cache.take("a", SLOW);
			expect((await cache.take("b", SLOW)).taken).toBe(true);
		});

		it("gives exactly the burst to many who ask at once", async () => {
			await using cache = await open();
			const turns = await Promise.all(
				Array.from({ length: 50 }, () => cache.take("a", SLOW)),
			);
			expect(turns.filter(({ taken }) => taken)).toHaveLength(3);
		});

		it("lets callers queue up, but no further than they want to wait", async () => {
			await using cache = await open();
			const waits = [];
			for (let n = 0; n < 6; n++)
				waits.push(await cache.take("a", SLOW, 250_000));
			expect(waits.map(({ taken }) => taken)).toEqual([
				true,
				true,
				true,
				true,
				true,
				false,
			]);
			expect(waits[4]?.waitMs).toBeGreaterThan(150_000);
		});

		it("looks without counting", async () => {
			await using cache = await open();
			for (let n = 0; n < 5; n++)
				expect((await cache.look("a", SLOW)).taken).toBe(true);
			for (let n = 0; n < 3; n++) await cache.take("a", SLOW);
			expect((await cache.look("a", SLOW)).taken).toBe(false);
		});

		it("gives turns again as time goes by", async () => {
			await using cache = await open();
			const quick: Rate = { perSecond: 20, burst: 1 };
			expect((await cache.take("a", quick)).taken).toBe(true);
			expect((await cache.take("a", quick)).taken).toBe(false);
			await until("a turn", async () => (await cache.take("a", quick)).taken);
		});

		it("takes any name", async () => {
			await using cache = await open();
			for (const bucket of ["", "a b", "{a}", "ü\n\0", "x".repeat(1000)])
				expect((await cache.take(bucket, SLOW)).taken).toBe(true);
		});
	});
}
