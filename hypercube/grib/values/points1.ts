import { uint } from "../octets.ts";

/**
 * How many points a GRIB 1 grid has by its definition: Ni·Nj, or the sum of the points per row. Undefined for a grid
 * that has neither.
 */
export function points1(
	two: Uint8Array,
): { points: number; reduced: boolean } | undefined {
	if (two.length < 10) return undefined;
	const [ni, nj] = [uint(two, 6, 2), uint(two, 8, 2)];
	if (ni !== 0xffff)
		return nj === 0xffff ? undefined : { points: ni * nj, reduced: false };
	const [vertical, place] = [uint(two, 3, 1), uint(two, 4, 1)];
	if (place === 255) return undefined;
	const at = place - 1 + 4 * vertical;
	if (at + 2 * nj > two.length) return undefined;
	let sum = 0;
	for (let row = 0; row < nj; row++) sum += uint(two, at + 2 * row, 2);
	return { points: sum, reduced: true };
}
