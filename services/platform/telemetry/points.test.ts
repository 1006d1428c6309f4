import { expect, it } from "vitest";
import { Points, Spread, Sum } from "./points.ts";

it("finds what has the same attributes, in whatever order they are told", () => {
	const points = new Points(["a", "b"], () => new Sum());
	points.of({ a: "x", b: 1 }).value += 2;
	points.of({ b: 1, a: "x" }).value += 3;
	points.of({ a: "1", b: "x" }).value += 5;
	expect(
		points
			.data(({ value }) => value)
			.map(({ attributes, value }) => [attributes, value]),
	).toEqual([
		[{ a: "x", b: 1 }, 5],
		[{ a: "1", b: "x" }, 5],
	]);
});

it("counts as one what is beyond two thousand sets of attributes", () => {
	const points = new Points(["a"], () => new Sum());
	for (let n = 0; n < 5000; n += 1) points.of({ a: n }).value += 1;
	const all = points.data(({ value }) => value);
	expect(all).toHaveLength(2001);
	expect(all.at(-1)).toMatchObject({
		attributes: { "otel.metric.overflow": true },
		value: 3000,
	});
});

it("counts a value in the bucket that ends with it", () => {
	const spread = new Spread([1, 2]);
	for (const value of [0.5, 1, 1.5, 2, 3, Number.NaN]) spread.add(value);
	expect(spread.read()).toEqual({
		buckets: { boundaries: [1, 2], counts: [2, 2, 1] },
		count: 5,
		sum: 8,
	});
});
