import { expect, test } from "vitest";
import {
	arrayV3,
	coordinate,
	doubles,
	group,
	memoryStore,
	type Objects,
} from "./fixtures/memory.ts";
import { openZarr } from "./zarr.ts";

const signal = new AbortController().signal;

function array(
	name: string,
	sizes: Readonly<Record<string, number>>,
	numbers: readonly number[],
	attributes: object,
	chunks?: readonly number[],
): Objects {
	const shape = Object.values(sizes);
	return {
		[`${name}/zarr.json`]: arrayV3({
			shape,
			dimensions: Object.keys(sizes),
			attributes,
			...(chunks && { chunks }),
		}),
		[`${name}/c/${shape.map(() => 0).join("/")}`]: doubles(...numbers),
	};
}

const north = { units: "degrees_north" };
const east = { units: "degrees_east" };

/** The values at the points nearest to some places, of the first field. */
async function at(
	objects: Objects,
	places: readonly (readonly [number, number])[],
	param = "a",
) {
	const zarr = await openZarr(
		{ location: memoryStore({ ...group, ...objects }) },
		signal,
	);
	expect(zarr.faults()).toEqual([]);
	expect(zarr.axes().param).toEqual([param]);
	const [field] = zarr.select({});
	const grid = await field?.grid();
	const values: number[] = [];
	for (const [latitude, longitude] of places) {
		const index = grid?.nearest(latitude, longitude)[0]?.index ?? 0;
		const out = new Float64Array(1);
		await field?.read(Uint32Array.of(index, index + 1), out);
		values.push(out[0] ?? Number.NaN);
	}
	return { values, kind: grid?.kind, size: grid?.size };
}

test("longitudes before latitudes, southward or northward: the same points", async () => {
	const found = await at(
		{
			...coordinate("lat", [-10, 0, 10], north),
			...coordinate("lon", [180, 90], east),
			...array("a", { lon: 2, lat: 3 }, [0, 1, 2, 3, 4, 5], {}),
		},
		[
			[9, 179],
			[-9, 91],
			[1, -179],
		],
	);
	expect(found).toEqual({ values: [2, 3, 1], kind: "rectilinear", size: 6 });
});

test("coordinates of other names than their dimensions", async () => {
	const found = await at(
		{
			...array("latitude", { y: 2 }, [10, 0], north),
			...array("longitude", { x: 3 }, [0, 120, 240], east),
			...array("a", { y: 2, x: 3 }, [0, 1, 2, 3, 4, 5], {
				coordinates: "latitude longitude",
			}),
		},
		[
			[10, 120],
			[0, 240],
		],
	);
	expect(found).toEqual({ values: [1, 5], kind: "rectilinear", size: 6 });
});

test("cells, each with its own place", async () => {
	const found = await at(
		{
			...array("clat", { cell: 4 }, [80, 10, -20, -70], north),
			...array("clon", { cell: 4 }, [10, 100, -100, 5], east),
			...coordinate("step", [0, 6], {
				units: "hours",
				standard_name: "forecast_period",
			}),
			...array("a", { step: 2, cell: 4 }, [0, 1, 2, 3, 4, 5, 6, 7], {
				coordinates: "clat clon",
			}),
		},
		[
			[80, 10],
			[-70, 0],
			[-20, 260],
		],
	);
	expect(found).toEqual({
		values: [0, 3, 2],
		kind: "unstructured_grid",
		size: 4,
	});
});

test("coordinates along two dimensions, whatever their order in the variable", async () => {
	const found = await at(
		{
			...array("lat", { y: 2, x: 3 }, [10, 11, 12, 0, 1, 2], north),
			...array("lon", { y: 2, x: 3 }, [0, 10, 20, 1, 11, 21], east),
			...array("a", { x: 3, y: 2 }, [0, 3, 1, 4, 2, 5], {
				coordinates: "lat lon",
			}),
		},
		[
			[12, 20],
			[0, 1],
			[1, 11],
		],
	);
	expect(found).toEqual({
		values: [2, 3, 4],
		kind: "unstructured_grid",
		size: 6,
	});
});
