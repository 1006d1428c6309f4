import { describe, expect, test } from "vitest";
import type { CoverageCollection } from "../../cube/coverage.ts";
import { covjson } from "../format.ts";
import {
	collectionOf,
	coverageOf,
	forecast,
	humidity,
	pointsOf,
	REFERENCE,
	t2m,
	temperature,
} from "../kit/collections.ts";
import { textOf } from "../kit/read.ts";

const crs84 = {
	type: "GeographicCRS",
	id: "http://www.opengis.net/def/crs/OGC/1.3/CRS84",
};
const at6 = { time: "2025-01-01T06:00:00Z", step: 6 };
const series = {
	type: "PointSeries",
	latitude: 12.3456789012344,
	longitude: 20,
	level: undefined,
	instants: [{ time: REFERENCE, step: 0 }, at6],
} as const;
const two = pointsOf([
	[12.3456789012344, 20],
	[12.3456789012344, 21.5],
]);

const written = (collection: CoverageCollection) => textOf(collection, covjson);
const parsed = async (collection: CoverageCollection) =>
	JSON.parse(await written(collection));

test("the text of a series", async () => {
	const coverage = coverageOf(series, { "2t": [271, 272.4] });
	expect(await written(collectionOf("timeseries", [coverage]))).toBe(
		'{"type": "CoverageCollection","domainType":"PointSeries","coverages":[' +
			'{"mars:metadata":{"class":"od","domain":"g","expver":"0001","levtype":"sfc","stream":"enfo","type":"pf",' +
			'"Forecast date":"2025-01-01T00:00:00Z","number":1,"levelist":0},"type":"Coverage",' +
			'"domain":{"type":"Domain","axes":{"latitude":{"values":[12.345678901234]},"longitude":{"values":[20.0]},' +
			'"levelist":{"values":[0]},"t":{"values":["2025-01-01T00:00:00Z","2025-01-01T06:00:00Z"]}}},' +
			'"ranges":{"2t":{"type":"NdArray","dataType":"float","shape":[2],"axisNames":["2t"],"values":[271.0,272.4]}}}],' +
			'"referencing":[{"coordinates":["latitude","longitude","levelist"],' +
			'"system":{"type":"GeographicCRS","id":"http://www.opengis.net/def/crs/OGC/1.3/CRS84"}}],' +
			'"parameters":{"2t":{"type":"Parameter","description":{"en":"2 metre temperature"},"unit":{"symbol":"K"},' +
			'"observedProperty":{"id":"2t","label":{"en":"2 metre temperature"}}}}}',
	);
});

describe("domains", () => {
	test("a profile has its levels as an axis", async () => {
		const profile = {
			type: "VerticalProfile",
			latitude: 12.5,
			longitude: 20.25,
			levels: [200, 925],
			instant: at6,
		} as const;
		const coverage = coverageOf(profile, { t: [220.5, 280.5] });
		const { coverages } = await parsed(
			collectionOf("verticalprofile", [coverage]),
		);
		expect(coverages[0]).toMatchObject({
			"mars:metadata": { step: 6, levelist: 200, number: 1 },
			domain: {
				axes: {
					latitude: { values: [12.5] },
					longitude: { values: [20.25] },
					levelist: { values: [200, 925] },
					t: { values: [at6.time] },
				},
			},
			ranges: {
				t: { shape: [2], axisNames: ["levelist"], values: [220.5, 280.5] },
			},
		});
	});

	test("points of an area say the date of the forecast; the step is in the metadata", async () => {
		const area = {
			type: "MultiPoint",
			points: two,
			levels: [500, 850],
			instant: at6,
		} as const;
		const coverage = coverageOf(area, { t: [1, 2, 3, 4], q: [5, 6, 7, 8] });
		const box = await parsed(collectionOf("boundingbox", [coverage]));
		expect(box).toMatchObject({
			domainType: "MultiPoint",
			referencing: [
				{ coordinates: ["latitude", "longitude", "levelist"], system: crs84 },
			],
		});
		const axes = {
			t: { values: [REFERENCE] },
			composite: {
				dataType: "tuple",
				coordinates: ["latitude", "longitude", "levelist"],
				values: [
					[12.345678901234, 20, 500],
					[12.345678901234, 21.5, 500],
					[12.345678901234, 20, 850],
					[12.345678901234, 21.5, 850],
				],
			},
		};
		expect(box.coverages[0]).toMatchObject({
			"mars:metadata": { step: 6, levelist: 500 },
			domain: { type: "Domain", axes },
			ranges: {
				t: { shape: [4], axisNames: ["t"], values: [1, 2, 3, 4] },
				q: { shape: [4], axisNames: ["q"], values: [5, 6, 7, 8] },
			},
		});
	});

	test("of a polygon the axes are called x, y and z, though x is the latitude", async () => {
		const area = {
			type: "MultiPoint",
			points: two,
			levels: [],
			instant: at6,
		} as const;
		const coverage = coverageOf(area, { "2t": [1, 2] });
		const polygon = await parsed(collectionOf("polygon", [coverage]));
		expect(polygon.referencing[0].coordinates).toEqual(["x", "y", "z"]);
		const { composite } = polygon.coverages[0].domain.axes;
		expect(composite.coordinates).toEqual(["x", "y", "z"]);
		expect(composite.values[0]).toEqual([12.345678901234, 20, 0]);
		expect(polygon.coverages[0]["mars:metadata"]).not.toHaveProperty(
			"levelist",
		);
	});

	test("a path has tuples of step, latitude, longitude and level", async () => {
		const sections = [
			{ instant: { time: REFERENCE, step: 0 }, level: 500, points: two },
			{ instant: at6, level: 850, points: pointsOf([]) },
			{ instant: at6, level: 850, points: pointsOf([[1, 2]]) },
		];
		const coverage = coverageOf(
			{ type: "Trajectory", sections },
			{ t: [1, 2, 3] },
		);
		const path = await parsed(collectionOf("trajectory", [coverage]));
		expect(path.referencing[0].coordinates).toEqual(["t", "x", "y", "z"]);
		expect(path.coverages[0].domain.axes).toEqual({
			composite: {
				dataType: "tuple",
				coordinates: ["t", "x", "y", "z"],
				values: [
					[0, 12.345678901234, 20, 500],
					[0, 12.345678901234, 21.5, 500],
					[6, 1, 2, 850],
				],
			},
		});
		expect(path.coverages[0].ranges.t.shape).toEqual([3]);
		expect(path.coverages[0]["mars:metadata"]).toMatchObject({ step: 6 });
	});

	test("a path through data without steps says none", async () => {
		const instant = { time: REFERENCE, step: undefined };
		const sections = [{ instant, level: undefined, points: two }];
		const coverage = coverageOf(
			{ type: "Trajectory", sections },
			{ t: [1, 2] },
		);
		const path = await parsed(collectionOf("trajectory", [coverage]));
		expect(path.coverages[0]["mars:metadata"]).not.toHaveProperty("step");
		expect(path.coverages[0].domain.axes.composite.values[0]?.[0]).toBe(0);
	});

	test("an area that a path cut out is written as a path", async () => {
		const area = {
			type: "MultiPoint",
			points: two,
			levels: [],
			instant: at6,
		} as const;
		const coverage = coverageOf(area, { "2t": [1, 2] });
		const path = await parsed(collectionOf("trajectory", [coverage]));
		expect(path.domainType).toBe("Trajectory");
		expect(path.coverages[0].domain.axes.composite.values[1]).toEqual([
			6, 12.345678901234, 21.5, 0,
		]);
	});
});

describe("values", () => {
	test("missing ones are null, the first one real, the rest as short as they come back", async () => {
		const domain = {
			...series,
			instants: Array.from({ length: 6 }, () => at6),
		};
		const values = [0, Number.NaN, 0.1 + 0.2, Number.POSITIVE_INFINITY, 5e-324];
		const coverage = coverageOf(domain, { "2t": [...values, 1e21] });
		expect(await written(collectionOf("timeseries", [coverage]))).toContain(
			'"values":[0.0,null,0.30000000000000004,null,5e-324,1e+21]}',
		);
	});

	test("of a parameter that a coverage has not are all missing", async () => {
		const coverages = [
			coverageOf(series, { t: [1, 2], q: [3, 4] }),
			coverageOf(series, { q: [5, 6] }),
		];
		const collection = await parsed(collectionOf("timeseries", coverages));
		expect(Object.keys(collection.parameters)).toEqual([
			temperature.name,
			humidity.name,
		]);
		expect(collection.coverages[1].ranges.t.values).toEqual([null, null]);
		expect(collection.coverages[1].ranges.q.values).toEqual([5, 6]);
	});

	test("more or fewer than places are a fault", async () => {
		const coverage = coverageOf(series, { "2t": [1, 2, 3] });
		await expect(
			written(collectionOf("timeseries", [coverage])),
		).rejects.toThrow("2t: 3 values for 2 places");
	});
});

describe("what covjsonkit writes otherwise", () => {
	const keysOf = (keys: Readonly<Record<string, string>>) => ({
		...forecast,
		...keys,
	});

	test("series of climate-dt have a blank in their times", async () => {
		const keys = keysOf({ dataset: "climate-dt", class: "d1" });
		const { date, time, number, ...rest } = keys;
		const coverage = coverageOf(series, { "2t": [1, 2] }, { keys });
		const { coverages, referencing } = await parsed(
			collectionOf("timeseries", [coverage]),
		);
		expect(referencing[0].coordinates).toEqual(["x", "y", "z"]);
		expect(coverages[0].domain.axes.t.values[1]).toBe("2025-01-01 06:00:00Z");
		expect(coverages[0].domain.axes.latitude.values).toHaveLength(1);
		// The day on which the series ends; no level where there is none.
		expect(coverages[0]["mars:metadata"]).toEqual({
			...rest,
			"Forecast date": "2025-01-01 00:00:00Z",
			number: 1,
		});
	});

	test("polygons of climate-dt say no step", async () => {
		const keys = keysOf({ dataset: "climate-dt", class: "d1" });
		const instant = { time: REFERENCE, step: undefined };
		const area = {
			type: "MultiPoint",
			points: two,
			levels: [],
			instant,
		} as const;
		const coverage = coverageOf(area, { "2t": [1, 2] }, { keys });
		const { coverages } = await parsed(collectionOf("polygon", [coverage]));
		expect(coverages[0]["mars:metadata"]).not.toHaveProperty("step");
		expect(coverages[0]["mars:metadata"]).not.toHaveProperty("Forecast date");
		expect(coverages[0].domain.axes.t.values).toEqual(["2025-01-01 00:00:00Z"]);
	});

	describe("of months", () => {
		const keys = keysOf({ stream: "clmn", dataset: "climate-dt", class: "d1" });
		const instant = { time: "2010-07-01T00:00:00Z", step: undefined };
		const place = { latitude: 1, longitude: 2 };
		const domains = {
			timeseries: {
				type: "PointSeries",
				...place,
				level: undefined,
				instants: [instant, { ...instant, time: "2010-08-01T00:00:00Z" }],
			},
			verticalprofile: {
				type: "VerticalProfile",
				...place,
				levels: [500, 850],
				instant,
			},
			area: { type: "MultiPoint", points: two, levels: [], instant },
			trajectory: {
				type: "Trajectory",
				sections: [{ instant, level: undefined, points: two }],
			},
		} as const;
		const writtenOf = async (feature: string, domain: keyof typeof domains) => {
			const reference = instant.time;
			const of = { keys, reference };
			const coverage = coverageOf(domains[domain], { "2t": [1, 2] }, of);
			const { coverages, referencing } = await parsed(
				collectionOf(feature, [coverage]),
			);
			const { axes } = coverages[0].domain;
			return { about: coverages[0]["mars:metadata"], axes, referencing };
		};

		test("no step is told, nor the date of a forecast of series and paths", async () => {
			for (const [feature, domain] of [
				["timeseries", "timeseries"],
				["trajectory", "trajectory"],
			] as const) {
				const { about } = await writtenOf(feature, domain);
				expect(about).not.toHaveProperty("step");
				expect(about).not.toHaveProperty("Forecast date");
			}
			const { about } = await writtenOf("verticalprofile", "verticalprofile");
			expect(about).toMatchObject({
				"Forecast date": "2010-07",
				levelist: 500,
			});
			expect(about).not.toHaveProperty("step");
			const box = await writtenOf("boundingbox", "area");
			expect(box.about["Forecast date"]).toBe(instant.time);
			expect(box.about).not.toHaveProperty("step");
		});

		test("times have a T, those of a path are months", async () => {
			const { axes } = await writtenOf("timeseries", "timeseries");
			expect(axes.t.values).toEqual([
				"2010-07-01T00:00:00Z",
				"2010-08-01T00:00:00Z",
			]);
			const path = await writtenOf("trajectory", "trajectory");
			expect(path.axes.composite.values[0][0]).toBe("2010-07");
		});

		test.each([
			["timeseries", "timeseries", "latitude"],
			["position", "timeseries", "x"],
			["verticalprofile", "verticalprofile", "latitude"],
			["boundingbox", "area", "x"],
			["circle", "area", "latitude"],
			["polygon", "area", "x"],
		] as const)(
			"the first axis of a %s is called so",
			async (feature, domain, name) => {
				const { referencing } = await writtenOf(feature, domain);
				expect(referencing[0].coordinates[0]).toBe(name);
			},
		);
	});

	test("hindcasts keep the date of the model beside", async () => {
		const keys = keysOf({ hdate: "20200101" });
		const coverage = coverageOf(series, { "2t": [1, 2] }, { keys });
		const { coverages } = await parsed(collectionOf("timeseries", [coverage]));
		expect(coverages[0]["mars:metadata"]).toMatchObject({
			date: "2025-01-01T00:00:00",
			"Forecast date": REFERENCE,
		});
	});

	test("steps that are no whole hours are text", async () => {
		const instant = { time: "2025-01-01T01:30:00Z", step: 1.5 };
		const area = {
			type: "MultiPoint",
			points: two,
			levels: [],
			instant,
		} as const;
		const coverage = coverageOf(area, { "2t": [1, 2] });
		const { coverages } = await parsed(collectionOf("circle", [coverage]));
		expect(coverages[0]["mars:metadata"].step).toBe("1h30m");
		expect(Object.keys(coverages[0].ranges)).toEqual([t2m.name]);
	});
});
