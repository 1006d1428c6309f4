import type { Orientation } from "./bands.ts";

/**
 * Contexts of significance (table D.1), by neighbours that are significant: 15 times those beside, 5 times those above
 * and below, and those at the corners.
 */
export const significanceContexts: Readonly<Record<Orientation, Uint8Array>> = {
	LL: table(along),
	LH: table(along),
	HL: table((beside, above, corners) => along(above, beside, corners)),
	HH: table((beside, above, corners) => {
		const sides = Math.min(2, beside + above);
		if (corners >= 3) return 8;
		if (corners === 2) return sides > 0 ? 7 : 6;
		return corners === 1 ? 3 + sides : sides;
	}),
};

type Rule = (beside: number, above: number, corners: number) => number;

function table(rule: Rule): Uint8Array {
	return Uint8Array.from({ length: 45 }, (_, at) =>
		rule(Math.floor(at / 15), Math.floor(at / 5) % 3, at % 5),
	);
}

function along(beside: number, above: number, corners: number): number {
	if (beside === 2) return 8;
	if (beside === 1) return above > 0 ? 7 : corners > 0 ? 6 : 5;
	return above > 0 ? 2 + above : Math.min(2, corners);
}

/**
 * Contexts of signs (table D.3), by the signs beside and above and below, each -1 to 1: `3 * beside + above + 4`. Plus 32
 * where the bit is to be turned.
 */
export const signContexts: Uint8Array = Uint8Array.of(
	13 + 32,
	12 + 32,
	11 + 32,
	10 + 32,
	9,
	10,
	11,
	12,
	13,
);
