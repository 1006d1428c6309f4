import { paramIdOf } from "../grib/parameters.ts";
import { formatStep, parseSteps } from "../mars/step.ts";

/**
 * What a message without the key counts as: a request may name these values of keys that many messages
 * do not carry.
 */
export const impliedValues: Readonly<Record<string, string>> = {
	domain: "g",
	timespan: "none",
};

/**
 * The one spelling of a value, so that a request's `06`, `6h` or `360m` finds a message's `6`. For
 * comparing only: what a message says itself is kept as it is.
 */
export function canonical(key: string, text: string): string {
	const plain = text.trim().toLowerCase();
	if (key === "param") return canonicalParam(plain);
	if (key === "step") return canonicalStep(plain);
	if (key === "time") return canonicalTime(plain);
	if (key === "date" || key === "hdate" || key === "refdate") {
		return plain.replace(/^(\d{4})-(\d{2})-(\d{2})$/, "$1$2$3");
	}
	// Version labels are text: 0001 is not 1, but 1 is short for 0001.
	if (key === "expver") return plain.padStart(4, "0");
	return /^[+-]?\d+(\.\d+)?$/.test(plain) ? String(Number(plain)) : plain;
}

function canonicalParam(text: string): string {
	const id = paramIdOf(text);
	return id === undefined ? text : String(id);
}

function canonicalStep(text: string): string {
	const ends = parseSteps(text);
	return ends ? ends.map(formatStep).join("-") : text;
}

/** HHMM of `6`, `06`, `600`, `06:00`, `06:00:00`, `060000`. */
function canonicalTime(text: string): string {
	const digits = text.replaceAll(":", "");
	if (!/^\d{1,6}$/.test(digits)) return text;
	if (digits.length <= 2) return `${digits.padStart(2, "0")}00`;
	return digits.padStart(digits.length > 4 ? 6 : 4, "0").slice(0, 4);
}

/** How values of a key ascend: steps by their length of time, intervals by their end. */
export const comparatorOf = (key: string) =>
	key === "step" ? compareSteps : compareValues;

function compareSteps(a: string, b: string): number {
	const [x, y] = [parseSteps(a), parseSteps(b)];
	if (!x || !y) return compareValues(a, b);
	return (x.at(-1) ?? 0) - (y.at(-1) ?? 0) || (x[0] ?? 0) - (y[0] ?? 0);
}

/** Ascending: numbers by value and before text, text by its letters. */
function compareValues(a: string, b: string): number {
	const [x, y] = [Number.parseFloat(a), Number.parseFloat(b)];
	if (Number.isNaN(x) !== Number.isNaN(y)) return Number.isNaN(x) ? 1 : -1;
	if (x !== y && !Number.isNaN(x)) return x - y;
	return a < b ? -1 : Number(a > b);
}
