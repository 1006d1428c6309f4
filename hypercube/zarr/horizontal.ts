import { UnsupportedField } from "../cube/field.ts";
import type { Grid } from "../grid/grid.ts";
import { RectilinearGrid } from "../grid/rectilinear.ts";
import { shortest } from "./cf/keys.ts";
import { numbersOf } from "./cf/numbers.ts";
import { roleOf } from "./cf/roles.ts";
import type { ChunkedArray } from "./chunked.ts";
import type { Located } from "./coordinates.ts";

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
	of(located: Located): Horizontal | undefined {
		const latitude = located.along.find(({ what }) => what === "latitude");
		const longitude = located.along.find(({ what }) => what === "longitude");
		const rows = latitude?.coordinate;
		const columns = longitude?.coordinate;
		if (
			latitude &&
			rows &&
			longitude &&
			columns &&
			latitude.at !== longitude.at
		)
			return {
				row: latitude.at,
				column: longitude.at,
				width: longitude.size,
				points: latitude.size * longitude.size,
				grid: () => this.#made([rows, columns], rectilinear),
			};
		return undefined;
	}

	#made(
		coordinates: readonly [ChunkedArray, ChunkedArray],
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

/** Whether a variable is a coordinate of the sphere. */
export const isPlace = ({ meta }: ChunkedArray): boolean =>
	roleOf(meta) === "latitude" || roleOf(meta) === "longitude";
