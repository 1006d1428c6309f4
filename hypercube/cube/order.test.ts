import { expect, test } from "vitest";
import { formatOf } from "../coverage/format.ts";
import { parseFeature } from "../feature/parse.ts";
import { healpixGrid } from "../grid/healpix.ts";
import type { Mapping } from "../mars/document.ts";
import { answer } from "./answer.ts";
import type { Field } from "./field.ts";

const grid = healpixGrid({ side: 2, nested: true, points: 48 }, "h2");

/** A field of each combination of values; each value says which field and which point it is. */
function fieldsOf(axes: Readonly<Record<string, readonly string[]>>): Field[] {
	let all: Record<string, string>[] = [{ param: "167" }];
	for (const [key, values] of Object.entries(axes))
		all = all.flatMap((keys) =>
			values.map((value) => ({ ...keys, [key]: value })),
		);
	return all.map(
		(keys, nth): Field => ({
			keys,
			grid: () => grid,
			cost: () => ({ bytes: 1, cold: 1 }),
			read: (ranges, out) => {
				let at = 0;
				for (let n = 0; n < ranges.length; n += 2)
					for (let i = ranges[n] ?? 0; i < (ranges[n + 1] ?? 0); i++)
						out[at++] = 100 * nth + i;
			},
		}),
	);
}

async function answerOf(
	axes: Readonly<Record<string, readonly string[]>>,
	feature: Mapping,
	profile = "polytope",
) {
	const keys = Object.fromEntries(
		Object.entries(axes).map(([key, values]) => [key, values.join("/")]),
	);
	const found = await answer({
		fields: fieldsOf(axes),
		compiled: await parseFeature(feature, keys),
		format: formatOf("covjson", profile),
	});
	const chunks = await Array.fromAsync(found.stream());
	return JSON.parse(Buffer.concat(chunks).toString());
}

const DATES = { date: ["20250102", "20250101"], time: ["0000"] };
const series = { type: "timeseries", points: [[1, 1]], time_axis: "date" };

test("of a place come the dates, of these the levels, of these the members, whatever the request's order", async () => {
	const axes = {
		number: ["2", "1"],
		...DATES,
		levelist: ["850", "500"],
		step: ["0", "6"],
	};
	const { coverages } = await answerOf(axes, { ...series, time_axis: "step" });
	const told = coverages.map(
		({ "mars:metadata": about }: Record<string, Record<string, unknown>>) => [
			about?.["Forecast date"],
			about?.levelist,
			about?.number,
		],
	);
	const [first, second] = ["2025-01-01T00:00:00Z", "2025-01-02T00:00:00Z"];
	expect(told).toEqual(
		[first, second].flatMap((date) =>
			[500, 850].flatMap((level) =>
				[1, 2].map((number) => [date, level, number]),
			),
		),
	);
});

test("of a series of dates covjsonkit's readers get one of each forecast, others one in all", async () => {
	const axes = { ...DATES, step: ["0", "6"] };
	const polytope = await answerOf(axes, series);
	expect(polytope.coverages).toHaveLength(2);
	expect(polytope.coverages[0].domain.axes.t.values).toEqual([
		"2025-01-01T00:00:00Z",
		"2025-01-01T06:00:00Z",
	]);
	const [value] = polytope.coverages[0].ranges["2t"].values;
	expect(Math.floor(value / 100)).toBe(2);
	const one = { ...DATES, step: ["0"] };
	const ogc = await answerOf(one, series, "ogc");
	expect(ogc.coverages).toHaveLength(1);
	expect(ogc.coverages[0].domain.axes.t.values).toHaveLength(2);
});

test.each([{ dataset: ["climate-dt"], class: ["d1"] }, { class: ["ng"] }])(
	"what has no steps is one series: %o",
	async (keys) => {
		const { coverages } = await answerOf({ ...keys, ...DATES }, series);
		expect(coverages).toHaveLength(1);
		expect(coverages[0].domain.axes.t.values).toEqual([
			"2025-01-01 00:00:00Z",
			"2025-01-02 00:00:00Z",
		]);
		expect(coverages[0]["mars:metadata"]).toMatchObject({
			"Forecast date": "2025-01-02 00:00:00Z",
		});
		expect(coverages[0]["mars:metadata"]).not.toHaveProperty("levelist");
	},
);

test("months at a position are one series", async () => {
	const axes = { stream: ["clmn"], year: ["2010"], month: ["8", "7"] };
	const { coverages } = await answerOf(axes, {
		type: "position",
		points: [[1, 1]],
	});
	expect(coverages).toHaveLength(1);
	expect(coverages[0].domain.axes.t.values).toEqual([
		"2010-07-01T00:00:00Z",
		"2010-08-01T00:00:00Z",
	]);
});

test("what vertices of a sampled path share stands once where axes must not repeat", async () => {
	const points = [
		[1, 1],
		[1.1, 1.1],
		[60, 60],
		[1, 1],
	];
	const path = { type: "trajectory", sample: true, points };
	const axes = { ...DATES, date: ["20250101"], step: ["0"] };
	const lengthIn = async (profile: string) => {
		const { coverages } = await answerOf(axes, path, profile);
		const { composite } = coverages[0].domain.axes;
		expect(coverages[0].ranges["2t"].shape).toEqual([composite.values.length]);
		return composite.values.length;
	};
	expect(await lengthIn("polytope")).toBe(4);
	expect(await lengthIn("ogc")).toBe(2);
});

const AREAS: readonly Mapping[] = [
	{
		type: "boundingbox",
		points: [
			[-50, -100],
			[60, 100],
		],
	},
	{ type: "circle", center: [[10, 350]], radius: 50 },
	{
		type: "polygon",
		shape: [
			[
				[-70, -60],
				[70, -60],
				[0, 100],
			],
		],
	},
	{
		type: "trajectory",
		points: [
			[-60, -60],
			[60, 60],
		],
		inflation: 30,
	},
];

test.each(AREAS)(
	"points of $type come from south to north with their values",
	async (feature) => {
		const { coverages } = await answerOf({ ...DATES, step: ["0"] }, feature);
		for (const [nth, { domain, ranges }] of coverages.entries()) {
			const tuples: readonly (readonly number[])[] =
				domain.axes.composite.values;
			const from = feature.type === "trajectory" ? 1 : 0;
			const places = tuples.map(([...tuple]) => tuple.slice(from, from + 2));
			const latitudes = places.map(([latitude = 0]) => latitude);
			expect(latitudes.length).toBeGreaterThan(5);
			expect(latitudes).toEqual(latitudes.toSorted((a, b) => a - b));
			const values: readonly number[] = ranges["2t"].values;
			for (const [at, value] of values.entries()) {
				expect(Math.floor(value / 100)).toBe(1 - nth);
				const [latitude = 0, longitude = 0] = places[at] ?? [];
				expect(grid.nearest(latitude, longitude)[0]?.index).toBe(value % 100);
			}
		}
	},
);
