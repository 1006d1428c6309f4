import { BrokenField } from "../cube/field.ts";
import type { Coordinates } from "./grid.ts";

/**
 * Reads a file of coordinates: a point a line, latitude and longitude in degrees with blanks, a comma or a semicolon
 * between, in the order of the values; `#` begins a comment.
 * @throws BrokenField that names the first line that is none
 */
export function readPointsFile(text: string): Coordinates {
	const latitudes: number[] = [];
	const longitudes: number[] = [];
	for (const [at, line] of text.split("\n").entries()) {
		const plain = line.replace(/#.*/, "").trim();
		if (plain === "") continue;
		const [latitude = Number.NaN, longitude = Number.NaN, ...more] = plain
			.split(/[\s,;]+/)
			.map(Number);
		if (more.length > 0 || !Number.isFinite(latitude + longitude))
			throw new BrokenField(
				`line ${at + 1} of the file of coordinates is not a latitude and a longitude`,
			);
		latitudes.push(latitude);
		longitudes.push(longitude);
	}
	return {
		latitudes: Float64Array.from(latitudes),
		longitudes: Float64Array.from(longitudes),
	};
}
