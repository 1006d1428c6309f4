import type { SecondOrder } from "./head.ts";

/**
 * Undoes differences of order 1 to 3, in place: the first values are as they are, of each that follows its difference,
 * less the bias, was coded.
 */
export function integrate(
	values: Float64Array,
	{ first, bias }: Pick<SecondOrder, "first" | "bias">,
): void {
	const order = first.length;
	if (order === 0) return;
	values.set(first.slice(0, values.length));
	// The newest difference of each order: the value itself is the one of order 0.
	const [a = 0, b = 0, c = 0] = first;
	let value = first[order - 1] ?? 0;
	let slope = order === 3 ? c - b : order === 2 ? b - a : 0;
	let bend = order === 3 ? c - b - (b - a) : 0;
	for (let i = order; i < values.length; i++) {
		const next = (values[i] ?? 0) + bias;
		if (order === 3) bend += next;
		if (order === 2) slope += next;
		if (order === 3) slope += bend;
		value += order === 1 ? next : slope;
		values[i] = value;
	}
}
