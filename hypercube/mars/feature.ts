import type { Mapping, Value } from "./document.ts";

/** Parts of a feature that are made of numbers; the rest (`type`, `axes`, `inflate`, `file`) is words. */
const NUMERIC: ReadonlySet<string> = new Set([
	"center",
	"inflation",
	"inner_box",
	"outer_box",
	"points",
	"radius",
	"range",
	"shape",
]);

const NUMBER = /^[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?$/i;

/** A feature whose numbers, text after a FAILSAFE parse, are numbers again. Text that is none (`0h30m`, WKT) stays. */
export function typeFeature(feature: Mapping): Mapping {
	return mapValues(feature, (value, key) =>
		NUMERIC.has(key) ? toNumbers(value) : value,
	);
}

function toNumbers(value: Value): Value {
	if (typeof value === "string") return toNumber(value);
	if (Array.isArray(value)) return value.map(toNumbers);
	return isMapping(value) ? mapValues(value, toNumbers) : value;
}

function toNumber(text: string): Value {
	const number = NUMBER.test(text.trim()) ? Number(text) : Number.NaN;
	return Number.isFinite(number) ? number : text;
}

/** Whether the value is a mapping, as opposed to a scalar or a list. */
export function isMapping(value: Value | undefined): value is Mapping {
	return typeof value === "object" && value !== null && !Array.isArray(value);
}

function mapValues(
	mapping: Mapping,
	change: (value: Value, key: string) => Value,
): Mapping {
	const changed: Record<string, Value> = Object.create(null);
	for (const [key, value] of Object.entries(mapping))
		changed[key] = change(value, key);
	return changed;
}
