import { expect, test } from "vitest";
import { remaining } from "./estimate.ts";

const took = (...ms: number[]) =>
	ms.map((one, index) => ({ ms: one, endedAt: 1000 - index }));
const TEN = took(10, 20, 30, 40, 50, 60, 70, 80, 90, 100);

test("what has not begun takes as long as others did", () => {
	expect(remaining(TEN, 0)).toEqual({
		p50: 50,
		p90: 90,
		sample: 10,
		since: 991,
	});
});

test("what has taken long is compared with what took longer", () => {
	expect(remaining(TEN, 45)).toMatchObject({ p50: 25, p90: 55, sample: 6 });
});

test("of what few ever took nothing is said", () => {
	expect(remaining(TEN, 65)).toBeUndefined();
	expect(remaining([], 0)).toBeUndefined();
	expect(remaining(took(1, 1, 1, 1), 0)).toBeUndefined();
	expect(remaining(took(7, 7, 7, 7, 7), 0)).toMatchObject({ p50: 7, p90: 7 });
});
