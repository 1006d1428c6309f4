import { describe, expect, test } from "vitest";
import type { FeatureOptions } from "../../hypercube/feature/draft.ts";
import { parseFeature } from "../../hypercube/feature/parse.ts";
import { countOf, rangesOf } from "../../hypercube/grid/ranges.ts";
import type { Mapping } from "../../hypercube/mars/document.ts";
import { sampleGrid } from "../../scripts/pictures/scene.ts";

// What docs/features says holds, on the sample archive's grid; how exact it is, hypercube/ tests.

const GRID = sampleGrid();
const POLYTOPE: FeatureOptions = { compatible: true };
const SERIES = { type: "timeseries", points: [[50, 10]], time_axis: "step" };

async function read(feature: Mapping, options: FeatureOptions = {}, body = {}) {
	return parseFeature(feature, body, options);
}

/** The indices of the points that a feature selects; of places one each, in their order. */
async function points(
	feature: Mapping,
	options: FeatureOptions = {},
): Promise<number[]> {
	const { feature: compiled } = await read(feature, options);
	if (compiled.kind === "corridor") throw new Error("it has fields of its own");
	if (compiled.kind === "area") {
		const ranges = GRID.inside(compiled.area);
		const indices: number[] = [];
		for (let at = 0; at < ranges.length; at += 2)
			for (let index = ranges[at] ?? 0; index < (ranges[at + 1] ?? 0); index++)
				indices.push(index);
		return indices;
	}
	const places =
		compiled.kind === "points" ? compiled.points : compiled.vertices;
	return places.flatMap(({ latitude, longitude }) =>
		GRID.nearest(latitude, longitude).map(({ index }) => index),
	);
}

const place = (index: number): { latitude: number; longitude: number } => {
	const at = GRID.coordinates(rangesOf([index]));
	return { latitude: at.latitudes[0] ?? 0, longitude: at.longitudes[0] ?? 0 };
};

const box = (a: readonly number[], b: readonly number[]): Mapping => ({
	type: "boundingbox",
	points: [a, b],
});
const polygon = (shape: Mapping[string], more: Mapping = {}): Mapping => ({
	type: "polygon",
	shape,
	...more,
});
const position = (at: Mapping[string], more: Mapping = {}): Mapping => ({
	type: "position",
	points: at,
	...more,
});

/** All of them select the same points, and some. */
async function alike(...features: readonly Mapping[]): Promise<void> {
	const [first = [], ...others] = await Promise.all(
		features.map((one) => points(one)),
	);
	expect(first.length).toBeGreaterThan(0);
	for (const other of others) expect(other).toEqual(first);
}

describe("what holds for all features", () => {
	test("places are latitude first, unless axes say otherwise; one needs no list", () =>
		alike(
			position([[50, 10]]),
			position([50, 10]),
			position([[10, 50]], { axes: ["longitude", "latitude"] }),
			position([[10, 50]], { axes: ["lon", "lat"] }),
		));

	test("longitudes are of any turn, latitudes are not", async () => {
		await alike(position([[50, -5]]), position([[50, 355]]));
		await expect(read(position([[90.1, 0]]))).rejects.toThrow("90.1");
	});

	test("areas are closed, but for 1e-9 degrees", async () => {
		const { latitude, longitude } = place(3000);
		const around = (edge: number): Mapping =>
			box([latitude - 0.1, edge], [latitude + 0.1, edge + 0.5]);
		expect(await points(around(longitude))).toEqual([3000]);
		expect(await points(around(longitude + 9e-10))).toEqual([3000]);
		expect(await points(around(longitude + 1e-8))).toEqual([]);
	});

	test("edges take the short way, boxes go as written", async () => {
		const ring = [
			[40, 350],
			[40, 10],
			[60, 10],
			[60, 350],
		];
		await alike(
			polygon(ring),
			box([40, 350], [60, 370]),
			box([40, -10], [60, 10]),
		);
		const long = [
			[40, 350],
			[40, 180],
			[40, 10],
			[60, 10],
			[60, 180],
			[60, 350],
		];
		await alike(polygon(long), box([40, 10], [60, 350]));
		const whole = (await points(box([40, 0], [60, 360]))).length;
		expect(await points(box([40, -200], [60, 900]))).toHaveLength(whole);
	});

	test("nearest is over the seam and the pole; each place is answered, in order", async () => {
		const [first, second, third] = await points(
			position([
				[0.5, 359.9],
				[-50, 20],
				[0.5, 359.9],
			]),
		);
		expect(place(first ?? 0).longitude).toBe(0);
		expect(place(second ?? 0).latitude).toBeLessThan(0);
		expect(third).toBe(first);
	});

	test("a range has several spellings", async () => {
		const keys = async (range: Mapping[string], options = {}) =>
			(await read({ ...SERIES, range }, options)).keys;
		const all = await keys({ start: 0, end: 360 });
		expect(all).toEqual({ step: "0/to/360" });
		expect(await keys([0, 360])).toEqual(all);
		expect(await keys("0/to/360")).toEqual(all);
		expect(await keys({ start: 0, end: 360, interval: 1 })).toEqual(all);
		const some = await keys({ start: 0, end: 360, interval: 6 });
		expect(some).toEqual({ step: "0/to/360/by/6" });
		expect(await keys([0, 360, 6])).toEqual(some);
		expect(await keys("0/to/360/by/6")).toEqual(some);
		expect(await keys({ start: 360, end: 0 })).toEqual(all);
		expect(await keys("360/to/0")).toEqual(all);
		expect(await keys([360, 0, 6])).toEqual(some);
		expect(await keys(["30m", "1h30m"])).toEqual({ step: "30m/to/1h30m" });
		expect(await keys([0, 360, 6], POLYTOPE)).toEqual({
			step: "0/to/354/by/6",
		});
	});

	test("lengths have units", async () => {
		const circle = (radius: string | number, more: Mapping = {}): Mapping => ({
			type: "circle",
			center: [[50, 10]],
			radius,
			...more,
		});
		await alike(
			circle("900 km"),
			circle("900000 m"),
			circle(900, { unit: "km" }),
			circle(`${900 / 1.852} nmi`),
			circle(`${900 / 1.609344} miles`),
		);
		await alike(circle(8), circle(8, { unit: "degrees" }));
	});

	test("a key stands in one place, and every fault is told at once", async () => {
		const twice = read({ ...SERIES, range: [0, 6] }, {}, { step: "0" });
		await expect(twice).rejects.toThrow("step");
		const faults = read(position([[95, 0]], { colour: "red", size: 1 }));
		await expect(faults).rejects.toThrow(/colour.*size.*95/s);
	});
});

describe("what single features say", () => {
	test("timeseries: older spellings", async () => {
		const { feature } = await read({ ...SERIES, range: [0, 6] });
		const { time_axis: _, ...rest } = SERIES;
		for (const key of ["axes", "axis"])
			expect(
				(await read({ ...rest, [key]: "step", range: [0, 6] })).feature,
			).toEqual(feature);
	});

	test("polygon: WKT and GeoJSON are longitude first, axes overrule; rings need not be closed", async () => {
		const ring = [
			[0, 40],
			[20, 42],
			[10, 60],
		];
		const closed = [...ring, ring[0] ?? []];
		const wkt = `POLYGON ((${closed.map((spot) => spot.join(" ")).join(", ")}))`;
		const json = { type: "Polygon", coordinates: [closed] };
		const turned = ring.map((spot) => spot.toReversed());
		await alike(
			polygon(turned),
			polygon(turned.toReversed()),
			polygon([turned]),
			polygon(wkt),
			polygon(json),
			polygon(JSON.stringify(json)),
			{ type: "wkt", shape: wkt },
			polygon(ring, { axes: ["longitude", "latitude"] }),
			{ type: "shapefile", shape: turned },
		);
		const other = await points(
			polygon(wkt, { axes: ["latitude", "longitude"] }),
		);
		expect(other).toEqual(await points(polygon(ring)));
	});

	test("polygon: a cap around a pole, a band around the globe", async () => {
		const cap = await points(
			polygon([
				[60, 0],
				[60, 120],
				[60, -120],
			]),
		);
		await expect(points(box([60, 0], [90, 360]))).resolves.toEqual(cap);
		const band = await points(
			polygon([
				[-60, -180],
				[-60, 180],
				[60, 180],
				[60, -180],
			]),
		);
		await expect(points(box([-60, 0], [60, 360]))).resolves.toEqual(band);
	});

	test("frame: what of the inner box lies outside does not matter", () =>
		alike(
			{
				type: "frame",
				outer_box: [
					[0, 0],
					[20, 20],
				],
				inner_box: [
					[5, 5],
					[20.5, 15],
				],
			},
			{
				type: "frame",
				outer_box: [
					[0, 0],
					[20, 20],
				],
				inner_box: [
					[5, 5],
					[50, 15],
				],
			},
		));

	test("circle: in degrees it ends at the poles, on the ground it goes over them", async () => {
		const at = { type: "circle", center: [[88, 0]] };
		const beyond = (index: number): boolean => place(index).longitude === 180;
		expect((await points({ ...at, radius: 8 })).some(beyond)).toBe(false);
		expect((await points({ ...at, radius: "900 km" })).some(beyond)).toBe(true);
	});

	test("shapefile: a name is never a path", async () => {
		const load = async () =>
			({ format: "wkt", bytes: new Uint8Array() }) as const;
		for (const file of ["a/b", "../a", "/etc/passwd", "a\\b"])
			await expect(read({ type: "shapefile", file }, { load })).rejects.toThrow(
				"never a path",
			);
	});

	test("trajectory: other spellings, and how a vertex says its time", async () => {
		const path = {
			points: [
				[50, 0],
				[40, 20],
			],
		};
		await alike(
			{ type: "trajectory", ...path, inflation: "300 km" },
			{ type: "path", ...path, radius: 300, unit: "km" },
			{ type: "path", ...path, inflation: "300 km", inflate: "round" },
		);
		const sampled = async (axes: string[], ...vertex: (string | number)[]) => {
			const points = [[...vertex, 50, 0]];
			const all = [...axes, "latitude", "longitude"];
			const of = { type: "trajectory", sample: true, axes: all, points };
			const { feature } = await read(of);
			return feature.kind === "samples" && feature.vertices[0];
		};
		const time = { time: Date.UTC(2025, 0, 1, 6, 10) };
		const { keys: none } = await read({ ...path, type: "path", radius: 1 });
		expect(none).toEqual({});
		for (const text of [
			"2025-01-01T06:10Z",
			"202501010610",
			"2025-01-01T06:10",
			"2025-01-01T07:10+01:00",
		])
			expect(await sampled(["time"], text)).toMatchObject(time);
		expect(await sampled(["date", "time"], "20250101", "0610")).toMatchObject(
			time,
		);
		expect(await sampled(["step"], 6)).toMatchObject({ step: 6 });
	});
});

describe("with polytope_answers", () => {
	/** How many points more there are than in our answer. */
	const more = async (feature: Mapping): Promise<number> => {
		const { feature: ours } = await read(feature);
		const { feature: theirs } = await read(feature, POLYTOPE);
		if (ours.kind !== "area" || theirs.kind !== "area") throw new Error();
		return countOf(GRID.inside(theirs.area)) - countOf(GRID.inside(ours.area));
	};

	test("rings are united, and go round the globe as written", async () => {
		const hole = [
			[
				[30, 0],
				[60, 0],
				[60, 40],
				[30, 40],
			],
			[
				[40, 10],
				[50, 10],
				[50, 30],
				[40, 30],
			],
		];
		expect(await more(polygon(hole))).toBeGreaterThan(0);
		const seam = [
			[40, 350],
			[40, 10],
			[60, 10],
			[60, 350],
		];
		expect(await points(polygon(seam), POLYTOPE)).toEqual(
			await points(box([40, 10], [60, 350])),
		);
	});

	test("a circle in degrees is a 12-gon, up to 3.5 % further; one on the ground stays", async () => {
		const circle = { type: "circle", center: [[0, 180]] };
		expect(await more({ ...circle, radius: 40 })).toBeGreaterThan(0);
		expect(await more({ ...circle, radius: "4000 km" })).toBe(0);
		const { feature } = await read({ ...circle, radius: 40 }, POLYTOPE);
		const north = feature.kind === "area" ? feature.area.north : 0;
		expect(north / 40).toBeGreaterThan(0.99);
		expect(north / 40).toBeLessThan(1 / Math.cos(Math.PI / 12) + 1e-9);
	});

	test("a box around a path lies on one side; four dimensions are refused", async () => {
		const path = {
			type: "trajectory",
			inflate: "box",
			inflation: 2,
			points: [
				[40, 0],
				[50, 20],
			],
		};
		const { feature } = await read(path, POLYTOPE);
		const area = feature.kind === "area" ? feature.area : undefined;
		expect([area?.south, area?.north]).toEqual([40, 52]);
		const ours = (await read(path)).feature;
		expect(ours.kind === "area" && [ours.area.south, ours.area.north]).toEqual([
			38, 52,
		]);
		const round = {
			type: "trajectory",
			inflation: 1,
			points: [
				[40, 0, 500, 0],
				[50, 20, 500, 6],
			],
		};
		await expect(read(round)).resolves.toBeDefined();
		await expect(read(round, POLYTOPE)).rejects.toThrow("4D");
	});
});
