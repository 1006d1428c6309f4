import { type Timestamp, timestampFromMs } from "@bufbuild/protobuf/wkt";
import { Status } from "../../../gen/polytope/store/v1/store_pb.js";
import {
	isFinal,
	STATUSES,
	statusName,
	statusOf,
} from "../../platform/lifecycle.ts";
import { unprocessable } from "./problem.ts";

/** What may be asked for as `status`: those there are, and groups; `completed` is v1's word for processed. */
export const STATUS_WORDS: readonly string[] = [
	...STATUSES.map(statusName),
	"active",
	"completed",
];

/** @throws Refusal for a word that is none of them */
export function statusesOf(word: string | null): Status[] {
	if (word === null || word === "") return [];
	if (word === "active") return STATUSES.filter((status) => !isFinal(status));
	if (word === "completed") return [Status.PROCESSED];
	const status = statusOf(word);
	if (status !== undefined) return [status];
	throw unprocessable(
		"status",
		`Input should be one of ${STATUS_WORDS.join(", ")}`,
		word,
	);
}

/**
 * A name, or part of one, as it was said.
 *
 * @throws Refusal for one that the database cannot even look for
 */
export function wordOf(name: string, text: string | null): string {
	if (text?.includes("\0"))
		throw unprocessable(name, "Input should be text without NUL", text);
	return text ?? "";
}

/** How many rows; undefined: all. */
export function limitOf(text: string | null): number | undefined {
	if (text === null || text === "") return undefined;
	if (!/^\d{1,9}$/.test(text))
		throw unprocessable(
			"limit",
			"Input should be a whole number, 0 for all",
			text,
		);
	return Number(text) || undefined;
}

/** A date, or a date and a time; without a zone it is UTC. */
const ISO =
	/^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d+)?)?)(Z|[+-]\d\d:?\d\d)?)?$/;

/** Seconds since 1970, or a date and time of ISO 8601. */
export function timeOf(
	name: string,
	text: string | null,
): Timestamp | undefined {
	if (text === null || text === "") return undefined;
	const ms = /^\d{1,11}(\.\d+)?$/.test(text)
		? Number(text) * 1000
		: isoMs(text);
	if (Number.isFinite(ms)) return timestampFromMs(Math.round(ms));
	throw unprocessable(
		name,
		"Input should be a time, such as 2026-01-31T12:00:00Z, or seconds since 1970",
		text,
	);
}

function isoMs(text: string): number {
	const [, day, time = "00:00", zone = "Z"] = ISO.exec(text) ?? [];
	if (day === undefined || !isDay(day)) return Number.NaN;
	return Date.parse(`${day}T${time}${zone}`);
}

/** `Date` takes the 30th of February for the 2nd of March. */
function isDay(day: string): boolean {
	const ms = Date.parse(`${day}T00:00Z`);
	return Number.isFinite(ms) && new Date(ms).toISOString().startsWith(day);
}

export const flagOf = (text: string | null): boolean =>
	/^(1|true|yes|on)$/i.test(text ?? "");

const UNITS: Readonly<Record<string, number>> = {
	s: 1000,
	m: 60_000,
	h: 3_600_000,
	d: 86_400_000,
};

/** `5m`, `1h`: milliseconds, at least a second; 300 s for anything else, as v1 reads it. */
export function windowOf(text: string | null): number {
	const [, count, unit = "s"] = /^(\d{1,6})([smhd])$/.exec(text ?? "5m") ?? [];
	if (count === undefined) return 300_000;
	return Math.max(1000, Number(count) * (UNITS[unit] ?? 1000));
}
