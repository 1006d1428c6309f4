import type { Value } from "../mars/document.ts";
import { show } from "../mars/show.ts";
import { type Draft, type Faults, written } from "./draft.ts";

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
 * Not less than nothing, or more than nothing where it must be `positive`, and no farther than half around the globe.
 */
export function lengthOf(
	value: Value | undefined,
	name: string,
	{ feature, faults }: Draft,
	least: "positive" | "zero" = "zero",
): Length | undefined {
	const found = PATTERN.exec(typeof value === "object" ? "" : String(value));
	const number = numberOf(value, found?.[1], name, faults);
	const small = number !== undefined && !(number > 0);
	const refused = small && (least === "positive" || number < 0);
	if (refused)
		faults.add(
			`${name} ${number} is ${least === "positive" ? "not greater" : "less"} than 0`,
		);
	const unit = unitOf(found?.[2] || feature.unit, name, faults);
	if (number === undefined || unit === undefined || refused) return undefined;
	return unit === "degrees"
		? bounded({ value: number, unit }, 180, name, faults)
		: bounded(
				{ value: number * unit, unit: "kilometres" },
				20_016,
				name,
				faults,
			);
}

function numberOf(
	value: Value | undefined,
	text: string | undefined,
	name: string,
	faults: Faults,
): number | undefined {
	if (value === undefined) return faults.add(`${name} is missing`);
	const number = Number(text ?? Number.NaN);
	return Number.isFinite(number)
		? number
		: faults.add(`${name} is no length but ${written(value)}`);
}

function unitOf(
	value: Value | undefined,
	name: string,
	faults: Faults,
): number | "degrees" | undefined {
	const word = show(value ?? "degrees").toLowerCase();
	return (
		UNITS.get(word.trim()) ??
		faults.add(
			`${name} has the unknown unit ${written(word)}: degrees, km, m, nmi and miles are known`,
		)
	);
}

function bounded(
	length: Length,
	most: number,
	name: string,
	faults: Faults,
): Length | undefined {
	if (length.value <= most) return length;
	return faults.add(
		`${name} ${length.value} is not between 0 and ${most} ${length.unit}`,
	);
}
