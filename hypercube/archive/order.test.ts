import fc from "fast-check";
import { expect, test } from "vitest";
import { compare, sortedPlaces } from "./order.ts";

/** Columns of a few small numbers, or of numbers so large that they do not fit into one. */
const columns = (most: number) =>
	fc
		.tuple(fc.integer({ min: 0, max: 50 }), fc.integer({ min: 0, max: 4 }))
		.chain(([count, width]) =>
			fc.tuple(
				fc.constant(count),
				fc.array(
					fc.array(fc.integer({ min: -1, max: most }), {
						minLength: count,
						maxLength: count,
					}),
					{ minLength: width, maxLength: width },
				),
			),
		);

test.each([3, 2 ** 31 - 1])(
	"places come in the order of their numbers up to %i, equal ones as they were",
	(most) => {
		fc.assert(
			fc.property(columns(most), ([count, lists]) => {
				const numbers = lists.map((list) => Int32Array.from(list));
				const expected = Array.from({ length: count }, (_, place) => place);
				expected.sort((a, b) => compare(numbers, a, b));
				expect([...sortedPlaces(count, numbers)]).toEqual(expected);
			}),
		);
	},
);
