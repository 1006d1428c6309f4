import { expect, test } from "vitest";
import { covjsonOgc } from "../format.ts";
import {
	collectionOf,
	coverageOf,
	forecast,
	pointsOf,
	REFERENCE,
} from "../kit/collections.ts";
import { textOf } from "../kit/read.ts";

const at6 = { time: "2025-01-01T06:00:00Z", step: 6 };
const two = pointsOf([
	[52.5, 4.25],
	[-10, 359.75],
]);

test("the text of points of an area: longitude first, the valid time", async () => {
	const area = {
		type: "MultiPoint",
		points: two,
		levels: [500, 850],
		instant: at6,
	} as const;
	const coverage = coverageOf(
		area,
		{ t: [250, Number.NaN, 260.5, 270] },
		{ keys: { class: "od", levtype: "pl" } },
	);
	expect(
		await textOf(collectionOf("boundingbox", [coverage]), covjsonOgc),
	).toBe(
		'{"type": "CoverageCollection","domainType":"MultiPoint","parameters":{"t":{"type":"Parameter",' +
			'"description":{"en":"Temperature"},"unit":{"symbol":"K"},"observedProperty":' +
			'{"id":"http://vocab.nerc.ac.uk/standard_name/air_temperature/","label":{"en":"Temperature"}}}},' +
			'"referencing":[{"coordinates":["x","y"],"system":{"type":"GeographicCRS",' +
			'"id":"http://www.opengis.net/def/crs/OGC/1.3/CRS84"}},' +
			'{"coordinates":["t"],"system":{"type":"TemporalRS","calendar":"Gregorian"}},' +
			'{"coordinates":["z"],"system":{"type":"VerticalCRS","cs":{"csAxes":[{"name":{"en":"Pressure"},' +
			'"direction":"down","unit":{"symbol":"hPa"}}]}}}],"coverages":[' +
			'{"type":"Coverage","mars:metadata":{"class":"od","levtype":"pl"},"domain":{"type":"Domain",' +
			'"domainType":"MultiPoint","axes":{"composite":{"dataType":"tuple","coordinates":["x","y","z"],"values":' +
			"[[4.25,52.5,500],[-0.25,-10,500],[4.25,52.5,850],[-0.25,-10,850]]}," +
			'"t":{"values":["2025-01-01T06:00:00Z"]}}},"ranges":{"t":{"type":"NdArray","dataType":"float",' +
			'"shape":[4],"axisNames":["composite"],"values":[250.0,null,260.5,270]}}}]}',
	);
});

test("a coverage with other levels than the first says so itself; one without places is left out", async () => {
	const series = {
		type: "PointSeries",
		latitude: 1,
		longitude: 200,
		level: undefined,
		instants: [{ time: REFERENCE, step: 0 }],
	} as const;
	const coverages = [
		coverageOf({ ...series, instants: [] }, { q: [] }),
		coverageOf(series, { "2t": [1] }),
		coverageOf(
			{ ...series, level: 500 },
			{ t: [2] },
			{
				keys: { ...forecast, levtype: "pl" },
			},
		),
	];
	const text = await textOf(collectionOf("timeseries", coverages), covjsonOgc);
	const written = JSON.parse(text);
	expect(written.coverages).toHaveLength(2);
	const [ground, aloft] = written.coverages;
	expect(ground.domain).toEqual({
		type: "Domain",
		domainType: "PointSeries",
		axes: {
			x: { values: [-160] },
			y: { values: [1] },
			t: { values: [REFERENCE] },
		},
	});
	expect(ground.ranges["2t"]).toMatchObject({ shape: [1], axisNames: ["t"] });
	expect(Object.keys(ground.ranges)).toEqual(["2t"]);
	expect(aloft.domain.axes.z).toEqual({ values: [500] });
	expect(aloft.domain.referencing).toHaveLength(3);
	expect(written.referencing).toHaveLength(2);
});

test("a collection whose coverages have no places is empty", async () => {
	const area = {
		type: "MultiPoint",
		points: pointsOf([]),
		levels: [],
		instant: at6,
	} as const;
	const collection = collectionOf("polygon", [coverageOf(area, { t: [] })]);
	const written = JSON.parse(await textOf(collection, covjsonOgc));
	expect(written.coverages).toEqual([]);
	expect(written.referencing).toHaveLength(2);
});

test("a path has tuples of valid time, longitude, latitude and level", async () => {
	const sections = [
		{ instant: { time: REFERENCE, step: 0 }, level: 500, points: two },
		{ instant: at6, level: 850, points: pointsOf([[1, 2]]) },
	];
	const domain = { type: "Trajectory", sections } as const;
	const coverage = coverageOf(domain, { t: [1, 2, 3] });
	const text = await textOf(collectionOf("trajectory", [coverage]), covjsonOgc);
	expect(JSON.parse(text).coverages[0].domain.axes).toEqual({
		composite: {
			dataType: "tuple",
			coordinates: ["t", "x", "y", "z"],
			values: [
				[REFERENCE, 4.25, 52.5, 500],
				[REFERENCE, -0.25, -10, 500],
				["2025-01-01T06:00:00Z", 2, 1, 850],
			],
		},
	});
});
