/** Numbers that are written as one piece of text. */
export const PIECE = 1024;

const WHOLE = /^-?\d+$/;

/** Degrees or a level, rounded to 12 decimals: finer than any grid, coarser than the noise of computing it. */
export function coordinate(value: number): number {
	return Math.round(value * 1e12) / 1e12;
}

/** JSON of a number that readers who tell them apart shall take for a real one: `20.0`. */
export function real(value: number): string {
	const text = JSON.stringify(value);
	return WHOLE.test(text) ? `${text}.0` : text;
}

/** JSON of a list's inside: the shortest text that gives back each double, `null` for what is no finite number. */
export function list(values: Float64Array): string {
	return JSON.stringify(Array.from(values)).slice(1, -1);
}
