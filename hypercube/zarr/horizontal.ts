import { createHash } from "node:crypto";
import { UnsupportedField } from "../cube/field.ts";
import type { Grid } from "../grid/grid.ts";
import { RectilinearGrid } from "../grid/rectilinear.ts";
import { UnstructuredGrid } from "../grid/unstructured.ts";
import { shortest } from "./cf/keys.ts";
import { numbersOf } from "./cf/numbers.ts";
import { roleOf } from "./cf/roles.ts";
import type { ChunkedArray } from "./chunked.ts";
import type { Located } from "./coordinates.ts";
import { type ArrayMeta, product } from "./format/meta.ts";
import { type Group, referredBy } from "./group.ts";

/** How the points of a grid lie in a variable: rows of columns. */
export interface Horizontal {
	/** The dimension of rows; undefined where all points lie in one. */
	readonly row: number | undefined;
	readonly column: number;
	/** Columns of a row. */
	readonly width: number;
	/** Of the grid. */
	readonly points: number;
	/** The same object for the same points. */
	grid(signal?: AbortSignal): Promise<Grid>;
}

/** Makes grids of coordinates, each once. */
export class Grids {
	readonly #byCoordinates = new Map<string, Promise<Grid>>();
	readonly #byId = new Map<string, Grid>();

	/** Where the points of a variable lie; undefined where nothing says so. */
	of(
		variable: ChunkedArray,
		located: Located,
		group: Group,
	): Horizontal | undefined {
		const latitude = located.along.find(({ what }) => what === "latitude");
		const longitude = located.along.find(({ what }) => what === "longitude");
		const rows = latitude?.coordinate;
		const columns = longitude?.coordinate;
		if (!latitude || !rows || !longitude || !columns)
			return this.#unordered(variable, group);
		return {
			row: latitude.at,
			column: longitude.at,
			width: longitude.size,
			points: latitude.size * longitude.size,
			grid: () => this.#made([rows, columns], rectilinear),
		};
	}

	/** Of points each with coordinates of its own: along one dimension, or along two. */
	#unordered(variable: ChunkedArray, group: Group): Horizontal | undefined {
		const { meta } = variable;
		const found = pointsOf(variable, group);
		if (!found) return undefined;
		const { dimensions, shape } = found[0].meta;
		const at = dimensions.map((name) => meta.dimensions.indexOf(name));
		const column = at.at(-1) ?? 0;
		return {
			row: at.length > 1 ? at[0] : undefined,
			column,
			width: meta.shape[column] ?? 0,
			points: product(shape),
			grid: () => this.#made(found, unstructured),
		};
	}

	#made(
		coordinates: Pair,
		make: (...numbers: Float64Array[]) => Grid,
	): Promise<Grid> {
		const key = coordinates.map(({ meta }) => meta.name).join("/");
		const known = this.#byCoordinates.get(key);
		if (known) return known;
		const made = Promise.all(coordinates.map((one) => degreesOf(one))).then(
			(numbers) => {
				const grid = make(...numbers);
				const same = this.#byId.get(grid.id) ?? grid;
				this.#byId.set(grid.id, same);
				return same;
			},
		);
		this.#byCoordinates.set(key, made);
		// What failed is tried again.
		made.catch(() => this.#byCoordinates.delete(key));
		return made;
	}
}

type Pair = readonly [latitude: ChunkedArray, longitude: ChunkedArray];

/** Latitudes and longitudes along the same dimensions of a variable: those that it names, else any. */
function pointsOf(
	variable: ChunkedArray,
	{ variables }: Group,
): Pair | undefined {
	const { meta } = variable;
	const named = referredBy(meta).flatMap((name) => variables.get(name) ?? []);
	const all = [...named, ...variables.values()].filter(
		(one) => one !== variable && fits(one.meta, meta),
	);
	for (const latitude of all) {
		if (roleOf(latitude.meta) !== "latitude") continue;
		const longitude = all.find(
			(one) =>
				roleOf(one.meta) === "longitude" &&
				String(one.meta.dimensions) === String(latitude.meta.dimensions),
		);
		if (longitude) return [latitude, longitude];
	}
	return undefined;
}

/** Whether a coordinate lies along one or two of the dimensions. */
const fits = (one: ArrayMeta, { dimensions, shape }: ArrayMeta): boolean =>
	one.dimensions.length > 0 &&
	one.dimensions.length <= 2 &&
	one.dimensions.every((name, at) => {
		const place = dimensions.indexOf(name);
		return place >= 0 && shape[place] === one.shape[at];
	});

function unstructured(
	latitudes: Float64Array = none,
	longitudes: Float64Array = none,
): Grid {
	const id = createHash("sha256")
		.update("unstructured")
		.update(octetsOf(latitudes))
		.update(octetsOf(longitudes))
		.digest("hex");
	return new UnstructuredGrid(id, { latitudes, longitudes }, latitudes.length);
}

const octetsOf = ({ buffer, byteOffset, byteLength }: Float64Array) =>
	new Uint8Array(buffer, byteOffset, byteLength);

function rectilinear(
	latitudes: Float64Array = none,
	longitudes: Float64Array = none,
): Grid {
	try {
		return new RectilinearGrid(latitudes, longitudes);
	} catch (cause) {
		if (!(cause instanceof RangeError)) throw cause;
		throw new UnsupportedField(cause.message, { cause });
	}
}

const none = new Float64Array(0);

/** Degrees as they were meant: a float of four octets that stands for 0.1 is 0.1. */
async function degreesOf(variable: ChunkedArray): Promise<Float64Array> {
	const numbers = await numbersOf(variable);
	return variable.meta.type === "float32" ? numbers.map(shortest) : numbers;
}
