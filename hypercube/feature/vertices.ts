import { parseDate } from "../mars/date.ts";
import type { Value } from "../mars/document.ts";
import { parseStep } from "../mars/step.ts";
import {
	type Axis,
	axesOf,
	finiteOf,
	fits,
	HORIZONTAL,
	placeOf,
	type Row,
	rowsOf,
	wordsOf,
} from "./axes.ts";
import { type Draft, type Faults, written } from "./draft.ts";
import type { Vertex } from "./feature.ts";

/** In the order in which Polytope takes them where `axes` is left out. */
const CORRIDOR: readonly Axis[] = [...HORIZONTAL, "levelist", "step"];
const SAMPLED: readonly Axis[] = [...CORRIDOR, "date", "time"];

/** What the vertices of a path are made of: `axes`, or as many of Polytope's as they have values. */
function pathAxes(
	draft: Draft,
	rows: readonly Row[] | undefined,
	sampled: boolean,
): readonly Axis[] | undefined {
	const words = wordsOf(draft.feature.axes);
	if (words.length > 0)
		return axesOf(words, sampled ? SAMPLED : CORRIDOR, draft.faults);
	if (!rows) return undefined;
	const width = rows.find((row) => row !== undefined)?.length ?? 0;
	if (width >= 2 && width <= CORRIDOR.length) return CORRIDOR.slice(0, width);
	return draft.faults.add(
		`points[0] must have 2 to 4 values (${CORRIDOR.join(", ")}), got ${width}`,
	);
}

/** A path: its vertices, and what each of them says. */
export interface Path {
	readonly axes: readonly Axis[];
	readonly vertices: readonly Vertex[];
}

/** What of a path could be read: its axes may be known where its vertices are faulty. */
export interface PathRead {
	readonly axes: readonly Axis[] | undefined;
	readonly path: Path | undefined;
}

/** The vertices of a path, at least one of them. */
export function pathOf(draft: Draft, sampled: boolean): PathRead {
	const rows = rowsOf(draft, "points");
	const axes = pathAxes(draft, rows, sampled);
	if (!rows || !axes) return { axes, path: undefined };
	const vertices = rows.map(
		(row, at) => row && vertexOf(row, axes, `points[${at}]`, draft.faults),
	);
	const sound = vertices.filter((vertex) => vertex !== undefined);
	const path =
		sound.length === rows.length ? { axes, vertices: sound } : undefined;
	return { axes, path };
}

function vertexOf(
	row: readonly Value[],
	axes: readonly Axis[],
	name: string,
	faults: Faults,
): Vertex | undefined {
	if (!fits(row, axes, name, faults)) return undefined;
	const place = placeOf(row, axes, name, faults);
	const read = <T>(
		axis: Axis,
		parse: (value: Value | undefined, name: string, faults: Faults) => T,
	): T | undefined =>
		axes.includes(axis)
			? parse(row[axes.indexOf(axis)], `${name}: ${axis}`, faults)
			: undefined;
	const level = read("levelist", finiteOf);
	const step = read("step", hoursOf);
	const date = read("date", dayOf);
	const time = read("time", axes.includes("date") ? clockOf : instantOf);
	const moment =
		date === undefined && time === undefined
			? undefined
			: (date ?? 0) + (time ?? 0);
	return (
		place && {
			...place,
			...(level === undefined ? {} : { level }),
			...(step === undefined ? {} : { step }),
			...(moment === undefined ? {} : { time: moment }),
		}
	);
}

/** Hours, or a step with units. */
function hoursOf(
	value: Value | undefined,
	name: string,
	faults: Faults,
): number | undefined {
	const seconds =
		typeof value === "string" ? parseStep(value.trim()) : undefined;
	return seconds === undefined ? finiteOf(value, name, faults) : seconds / 3600;
}

/** Milliseconds since 1970 of a date, which may have a time of day. */
function dayOf(
	value: Value | undefined,
	name: string,
	faults: Faults,
): number | undefined {
	const day = parseDate(written(value).trim());
	return day === undefined ? instantOf(value, name, faults) : day * 86_400_000;
}

/** Milliseconds since midnight of `0600`, `06`, `6` or `06:00`. */
function clockOf(
	value: Value | undefined,
	name: string,
	faults: Faults,
): number | undefined {
	const text = written(value).trim();
	const digits = /^\d{3}$/.test(text) ? `0${text}` : text;
	const found = /^(\d{1,2}):?(\d{2})?(?::?(\d{2}))?$/.exec(digits);
	const [hours, minutes, seconds] = [1, 2, 3].map((n) =>
		Number(found?.[n] ?? 0),
	);
	if (!found || (hours ?? 0) > 23 || (minutes ?? 0) > 59 || (seconds ?? 0) > 59)
		return faults.add(`${name} is no time of day but ${written(value)}`);
	return (((hours ?? 0) * 60 + (minutes ?? 0)) * 60 + (seconds ?? 0)) * 1000;
}

const INSTANT =
	/^(\d{4})-?(\d{2})-?(\d{2})[T ]?(\d{2}):?(\d{2})(?::?(\d{2})(?:\.\d+)?)?(Z|[-+]\d{2}:?\d{2})?$/i;

/** Milliseconds since 1970 of an instant in ISO 8601 or `YYYYMMDDHHMM`; in UTC unless it says otherwise. */
function instantOf(
	value: Value | undefined,
	name: string,
	faults: Faults,
): number | undefined {
	const found = INSTANT.exec(written(value).trim());
	const [, year, month, day, hours, minutes, seconds, zone] = found ?? [];
	const offset = zone?.replace(/^([-+]\d{2})(\d{2})$/, "$1:$2") ?? "Z";
	const date = parseDate(`${year}-${month}-${day}`);
	const instant = Date.parse(
		`${year}-${month}-${day}T${hours}:${minutes}:${seconds ?? "00"}${offset.toUpperCase()}`,
	);
	return date === undefined || Number.isNaN(instant)
		? faults.add(
				`${name} is no instant like 2026-11-21T06:00Z but ${written(value)}`,
			)
		: instant;
}
