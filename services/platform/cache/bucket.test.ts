import fc from "fast-check";
import { expect, test } from "vitest";
import { step } from "./bucket.ts";

test("an empty bucket has room for a whole burst and no more, at whatever time it is", () => {
	const rates = fc.constantFrom(1 / 3600, 1 / 60, 1 / 7, 1, 3, 1000);
	const times = fc.double({ min: 0, max: 2e12, noNaN: true });
	fc.assert(
		fc.property(
			times,
			rates,
			fc.integer({ min: 1, max: 20 }),
			(now, perSecond, burst) => {
				let emptyAt: number | undefined;
				const taken: boolean[] = [];
				for (let time = 0; time <= burst; time += 1) {
					const next = step(emptyAt, now, { perSecond, burst }, 0);
					taken.push(next.turn.taken);
					if (next.turn.taken) emptyAt = next.emptyAt;
				}
				expect(taken.slice(0, -1)).not.toContain(false);
				expect(taken.at(-1)).toBe(false);
			},
		),
	);
});
