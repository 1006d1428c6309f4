import type { Value } from "../mars/document.ts";
import { show } from "../mars/show.ts";
import type { Draft, Faults } from "./draft.ts";

/** How far, on the plane of latitude and longitude or on the ground. */
export interface Length {
	readonly value: number;
	readonly unit: "degrees" | "kilometres";
}

/** Kilometres of a unit; degrees have none. */
const UNITS: ReadonlyMap<string, number | "degrees"> = new Map<
	string,
	number | "degrees"
>([
	...["deg", "degree", "degrees", "°"].map((word): [string, "degrees"] => [
		word,
		"degrees",
	]),
	...["km", "kilometre", "kilometres", "kilometer", "kilometers"].map(
		(word): [string, number] => [word, 1],
	),
	...["m", "metre", "metres", "meter", "meters"].map(
		(word): [string, number] => [word, 0.001],
	),
	...["nm", "nmi", "nautical mile", "nautical miles"].map(
		(word): [string, number] => [word, 1.852],
	),
	["mi", 1.609344],
	["mile", 1.609344],
	["miles", 1.609344],
]);

const PATTERN =
	/^\s*([-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?)\s*([a-z° ]*?)\s*$/i;

/**
 * A length with its unit, `50 km` or `10 nmi`; a bare number has the feature's `unit`, and without one it is degrees.
 * Not less than nothing, and no farther than half around the globe.
 */
export function lengthOf(
	value: Value | undefined,
	name: string,
	{ feature, faults }: Draft,
): Length | undefined {
	if (value === undefined) return faults.add(`${name} is missing`);
	const found = PATTERN.exec(typeof value === "object" ? "" : String(value));
	const number = Number(found?.[1] ?? Number.NaN);
	if (!Number.isFinite(number))
		return faults.add(`${name} is no length but ${show(value)}`);
	const word = (found?.[2] || String(feature.unit ?? "degrees")).toLowerCase();
	const unit = UNITS.get(word.trim());
	if (unit === undefined)
		return faults.add(
			`${name} has the unknown unit ${show(word)}: degrees, km, m, nmi and miles are known`,
		);
	return unit === "degrees"
		? bounded({ value: number, unit }, 180, name, faults)
		: bounded(
				{ value: number * unit, unit: "kilometres" },
				20_016,
				name,
				faults,
			);
}

function bounded(
	length: Length,
	most: number,
	name: string,
	faults: Faults,
): Length | undefined {
	if (length.value >= 0 && length.value <= most) return length;
	return faults.add(
		`${name} ${length.value} is not between 0 and ${most} ${length.unit}`,
	);
}
