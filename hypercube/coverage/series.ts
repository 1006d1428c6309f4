import type { Coverage, Parameter } from "../cube/coverage.ts";
import { list, PIECE, real } from "./numbers.ts";

/**
 * JSON of all values of a parameter, piece by piece, with the commas between. The first is written as a real number
 * (`0.0`): NumPy makes integers of a list that holds nothing else.
 *
 * @throws Error when there are more or fewer values than the domain has places
 */
export async function* series(
	coverage: Coverage,
	parameter: Parameter,
	count: number,
): AsyncGenerator<string, void, undefined> {
	let done = 0;
	for await (const slice of coverage.values(parameter)) {
		for (let from = 0; from < slice.length; from += PIECE) {
			const part = slice.subarray(from, from + PIECE);
			const text = done === 0 ? opening(part) : list(part);
			yield done === 0 ? text : `,${text}`;
			done += part.length;
		}
	}
	if (done !== count)
		throw new Error(`${parameter.name}: ${done} values for ${count} places`);
}

/** JSON of as many missing values. */
export function* absent(count: number): Generator<string, void, undefined> {
	for (let from = 0; from < count; from += PIECE) {
		const nulls = ",null".repeat(Math.min(PIECE, count - from));
		yield from === 0 ? nulls.slice(1) : nulls;
	}
}

function opening(part: Float64Array): string {
	const first = real(part[0] ?? Number.NaN);
	return part.length === 1 ? first : `${first},${list(part.subarray(1))}`;
}
