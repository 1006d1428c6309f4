import { expect, test } from "vitest";
import { BrokenField, UnsupportedField } from "../cube/field.ts";
import { box, chance } from "./brute.ts";
import { describeGrid } from "./describe.ts";
import sections from "./fixtures/sections.json" with { type: "json" };
import { type GridSection, openGrid } from "./open.ts";

const examples = sections.map(({ name, edition, points, octets }) => ({
	name,
	section: {
		edition: edition === 1 ? 1 : 2,
		octets: Uint8Array.from(Buffer.from(octets, "hex")),
		values: points,
	} satisfies GridSection,
}));

test.each(examples)("$name opens, and only once", ({ section }) => {
	const grid = openGrid(section);
	expect(grid.size).toBe(section.values);
	expect(openGrid({ ...section, octets: section.octets.slice() })).toBe(grid);
	const all = grid.inside(box(-90, 90, 0, 360));
	expect([...all]).toEqual([0, grid.size]);
});

test("a grid in words", () => {
	expect(
		examples.map(({ section }) => describeGrid(openGrid(section))),
	).toMatchInlineSnapshot(`
		[
		  "4 degrees, 11 x 6, 66 points",
		  "4 degrees, 11 x 6, 66 points",
		  "part of F32, 36 points",
		  "part of N48, 125 points",
		  "part of N48, 100 points",
		  "rotated 2 degrees, 16 x 31, 496 points",
		  "H8 nested, 768 points",
		  "H3 ring, 108 points",
		  "lambert, 13 x 9, 117 points",
		  "mercator, 13 x 9, 117 points",
		  "polar_stereographic, 13 x 9, 117 points",
		  "lambert_azimuthal_equal_area, 13 x 9, 117 points",
		]
	`);
});

test.each(examples)(
	"$name: what is no place has no nearest point",
	({ section }) => {
		const grid = openGrid(section);
		for (const [latitude, longitude] of [
			[Number.NaN, 0],
			[0, Number.NaN],
			[91, 0],
			[0, Infinity],
		] as const)
			expect(() => grid.nearest(latitude, longitude)).toThrow(RangeError);
	},
);

test("other numbers of values are another grid, or none", () => {
	const [first] = examples;
	if (first === undefined) throw new Error("no examples");
	const { edition, octets, values } = first.section;
	expect(() => openGrid({ edition, octets, values: values + 1 })).toThrow(
		BrokenField,
	);
	expect(openGrid({ edition, octets }).size).toBe(values);
});

test.each([
	[2, 50, "spherical harmonics"],
	[2, 90, "template 3.90"],
	[2, 101, "unstructured grid"],
] as const)(
	"edition %i, template %i is not supported",
	(edition, template, words) => {
		const octets = new Uint8Array(100);
		octets.set([template >> 8, template & 255], 12);
		expect(() => openGrid({ edition, octets })).toThrow(UnsupportedField);
		expect(() => openGrid({ edition, octets })).toThrow(words);
	},
);

test("octets that lie or end early are told as such, and cost little", () => {
	const next = chance(26);
	const pick = (below: number): number => Math.floor(next() * below);
	const outcomes = { opened: 0, refused: 0 };
	for (let round = 0; round < 3000; round++) {
		const { section } = examples[round % examples.length] ?? {};
		if (section === undefined) throw new Error("no examples");
		const octets = section.octets.slice(
			0,
			next() < 0.2 ? pick(section.octets.length) : undefined,
		);
		for (let n = pick(4); n >= 0; n--)
			octets[pick(octets.length)] = next() < 0.3 ? 255 : pick(256);
		try {
			const grid = openGrid({ ...section, octets });
			outcomes.opened++;
			if (grid.size > 100_000) continue;
			const hit = grid.nearest(180 * next() - 90, 360 * next())[0];
			expect(hit === undefined || hit.index < grid.size).toBe(true);
			const ranges = grid.inside(box(-90, 90, 0, 360));
			expect(ranges.at(-1) ?? 0).toBeLessThanOrEqual(grid.size);
		} catch (error) {
			if (!(error instanceof BrokenField || error instanceof UnsupportedField))
				throw error;
			outcomes.refused++;
		}
	}
	expect(outcomes.opened).toBeGreaterThan(300);
	expect(outcomes.refused).toBeGreaterThan(300);
});
