import type { Value } from "../mars/document.ts";
import { show } from "../mars/show.ts";
import { type Draft, type Faults, within, written } from "./draft.ts";
import type { Place } from "./feature.ts";

export type Axis =
	| "latitude"
	| "longitude"
	| "levelist"
	| "step"
	| "date"
	| "time";

const SPELLINGS: ReadonlyMap<string, Axis> = new Map([
	["latitude", "latitude"],
	["lat", "latitude"],
	["longitude", "longitude"],
	["lon", "longitude"],
	["levelist", "levelist"],
	["levellist", "levelist"],
	["step", "step"],
	["date", "date"],
	["time", "time"],
]);

export const HORIZONTAL: readonly Axis[] = ["latitude", "longitude"];

/** Words of an `axes`: a list, or text that names one or several. */
export function wordsOf(value: Value | undefined): readonly string[] {
	if (value === undefined) return [];
	const words = Array.isArray(value) ? value : show(value).split(/[/,]/);
	return words.map((word) => show(word).trim().toLowerCase());
}

/**
 * The order in which a place's values are written. Latitude and longitude are always among them; undefined with a fault
 * otherwise.
 */
export function axesOf(
	words: readonly string[],
	allowed: readonly Axis[],
	faults: Faults,
): readonly Axis[] | undefined {
	const axes: Axis[] = [];
	let sound = true;
	for (const word of words) {
		const axis = SPELLINGS.get(word);
		if (axis === undefined || !allowed.includes(axis)) {
			sound = false;
			faults.add(
				`Invalid axis: ${written(word)}, must be one of ${allowed.join(", ")}`,
			);
		} else if (axes.includes(axis)) {
			sound = false;
			faults.add(`axes is overspecified: it names ${axis} twice`);
		} else axes.push(axis);
	}
	for (const axis of HORIZONTAL)
		if (sound && !axes.includes(axis)) {
			sound = false;
			faults.add(`Missing required axis ${axis} in axes`);
		}
	return sound ? axes : undefined;
}

/** The values of a place as they are written; undefined where there is no list of them, which is told. */
export type Row = readonly Value[] | undefined;

/** Rows of values, one for each place. A single place need not be in a list of its own. */
export function rowsOf(draft: Draft, key: string): readonly Row[] | undefined {
	const value = draft.feature[key];
	if (value === undefined) return draft.faults.add(`${key} is missing`);
	const list = Array.isArray(value) ? value : [];
	if (list.length === 0)
		return draft.faults.add(
			`${key} must be a list of places, got ${written(value)}`,
		);
	const rows = list.some(Array.isArray) ? list : [list];
	return within(draft, rows.length) ? checkRows(rows, key, draft) : undefined;
}

/** How many places are written under the key, sound or not. */
export function countOf({ feature }: Draft, key: string): number {
	const value = feature[key];
	if (!Array.isArray(value) || value.length === 0) return 0;
	return value.some(Array.isArray) ? value.length : 1;
}

const checkRows = (
	rows: readonly Value[],
	key: string,
	{ faults }: Draft,
): readonly Row[] =>
	rows.map((row, at) =>
		Array.isArray(row)
			? row
			: faults.add(`${key}[${at}] is no list of values but ${written(row)}`),
	);

/** Places of latitude and longitude, in whatever order the axes say. Without axes only faults are looked for. */
export function placesOf(
	draft: Draft,
	key: string,
	axes: readonly Axis[] | undefined,
): readonly Place[] | undefined {
	const rows = rowsOf(draft, key);
	const places = rows?.map((row, at) => {
		const name = `${key}[${at}]`;
		if (row && !axes) checkNumbers(row, name, draft.faults);
		return row && axes && placeOf(row, axes, name, draft.faults);
	});
	const sound = places?.filter((place) => place !== undefined);
	return sound?.length === places?.length ? sound : undefined;
}

/** What must hold of a place in any order. */
function checkNumbers(
	row: readonly Value[],
	name: string,
	faults: Faults,
): void {
	for (const [at, value] of row.entries())
		finiteOf(value, `${name}: value ${at + 1}`, faults);
}

/** One place, or faults; other axes than latitude and longitude are not looked at. */
export function placeOf(
	row: readonly Value[],
	axes: readonly Axis[],
	name: string,
	faults: Faults,
): Place | undefined {
	if (!fits(row, axes, name, faults)) return undefined;
	const latitude = latitudeOf(row[axes.indexOf("latitude")], name, faults);
	const longitude = longitudeOf(row[axes.indexOf("longitude")], name, faults);
	return latitude === undefined || longitude === undefined
		? undefined
		: { latitude, longitude };
}

/** Whether the row has a value for each axis; else a fault. */
export function fits(
	row: readonly Value[],
	axes: readonly Axis[],
	name: string,
	faults: Faults,
): boolean {
	if (row.length === axes.length) return true;
	faults.add(
		`${name} must have ${axes.length} values (${axes.join(", ")}), got ${show(row)}`,
	);
	return false;
}

/** Turns of longitude that somebody may mean; beyond them it is a slip, and fractions of a degree get lost. */
const FARTHEST = 3600;

export function latitudeOf(
	value: Value | undefined,
	name: string,
	faults: Faults,
): number | undefined {
	return boundedOf(value, `${name}: latitude`, 90, faults);
}

export function longitudeOf(
	value: Value | undefined,
	name: string,
	faults: Faults,
): number | undefined {
	return boundedOf(value, `${name}: longitude`, FARTHEST, faults);
}

function boundedOf(
	value: Value | undefined,
	name: string,
	most: number,
	faults: Faults,
): number | undefined {
	const number = finiteOf(value, name, faults);
	if (number === undefined) return undefined;
	if (Math.abs(number) <= most) return number;
	return faults.add(`${name} ${number} is not between -${most} and ${most}`);
}

/** A number, or a fault. */
export function finiteOf(
	value: Value | undefined,
	name: string,
	faults: Faults,
): number | undefined {
	if (typeof value === "number" && Number.isFinite(value)) return value;
	return faults.add(`${name} is no number but ${written(value)}`);
}
