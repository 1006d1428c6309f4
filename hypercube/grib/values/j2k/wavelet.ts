/** A rectangle of numbers, row by row. */
export interface Plane {
	readonly width: number;
	readonly height: number;
	readonly values: Int32Array;
}

/** The reversible wavelet undone (annex F.3, 5-3): a plane of four interleaved sub-bands becomes the image it was. */
export function synthesize({ width, height, values }: Plane): void {
	for (let y = 0; y < height; y++) lift(values, y * width, 1, width);
	for (let x = 0; x < width; x++) lift(values, x, width, height);
}

/** A row or column in place: low-pass numbers at even places, high-pass ones at odd; mirrored at its ends. */
function lift(
	values: Int32Array,
	from: number,
	step: number,
	count: number,
): void {
	if (count === 1) return;
	const last = from + (count - 1) * step;
	const end = from + count * step;
	for (let at = from; at < end; at += 2 * step) {
		const before = values[at === from ? at + step : at - step] ?? 0;
		const after = values[at === last ? at - step : at + step] ?? 0;
		values[at] = (values[at] ?? 0) - ((before + after + 2) >> 2);
	}
	for (let at = from + step; at < end; at += 2 * step) {
		const before = values[at - step] ?? 0;
		const after = values[at === last ? at - step : at + step] ?? 0;
		values[at] = (values[at] ?? 0) + ((before + after) >> 1);
	}
}
