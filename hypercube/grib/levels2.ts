import type { Facts } from "./choose.ts";
import { type Fields, numberOf } from "./fields.ts";
import { lookUp, type Rulebook } from "./rules2.ts";
import type { Keys } from "./streamtype.ts";

const pressure = 100;
const potentialVorticity = 109;
const missing = 255;

/** Layers named by their number, counted at the bottom: snow, soil, sea ice, ocean model. */
const numberedLayers = new Set([114, 151, 152, 168]);

/** Sets levtype and, for fields that are at a level, levelist. */
export function setLevel2(keys: Keys, book: Rulebook, facts: Facts): void {
	const { fields } = facts;
	const levtype = lookUp("levtype", book, facts) ?? "unknown";
	keys.levtype = levtype;
	const first = numberOf(fields, "typeOfFirstFixedSurface");
	const second = numberOf(fields, "typeOfSecondFixedSurface");
	if (first === undefined) return;
	if (numberedLayers.has(first) && first === second) {
		keys.levelist = String(Math.round(scaled(fields, "Second")));
		return;
	}
	if (levtype === "sfc" || levtype === "o2d") return;
	if (lookUp("typeOfLevel", book, facts) === "surface") return;
	keys.levelist = levelText(first, second, book, fields);
}

function levelText(
	first: number,
	second: number | undefined,
	book: Rulebook,
	fields: Fields,
): string {
	const value = scaled(fields, "First");
	if (first === pressure) {
		if (value >= 100) return String(Math.trunc(value / 100));
		// Below 1 hPa levels are coded in Pa, and layers stay so.
		return String(
			second === missing ? Math.round(value) / 100 : Math.round(value),
		);
	}
	if (first === potentialVorticity)
		return String(Math.round(value * (book.dataset === "tigge" ? 1e6 : 1e9)));
	return String(Math.round(value));
}

/** Value × 10^-scale; a missing one counts as zero. */
export function scaled(fields: Fields, which: "First" | "Second"): number {
	const value = numberOf(fields, `scaledValueOf${which}FixedSurface`);
	const scale = numberOf(fields, `scaleFactorOf${which}FixedSurface`);
	if (value === undefined) return 0;
	// Dividing by a whole power keeps 12345 × 10^-2 exact where multiplying by 0.01 would not.
	return (scale ?? 0) >= 0
		? value / 10 ** (scale ?? 0)
		: value * 10 ** -(scale ?? 0);
}
