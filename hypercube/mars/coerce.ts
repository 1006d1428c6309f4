import {
	type CoercionConfig,
	type CoercionContext,
	coerceScalar,
	hasCoercer,
} from "./coercers.ts";
import type { Document, Mapping, Scalar, Value } from "./document.ts";
import { RequestError } from "./errors.ts";
import { isMapping, typeFeature } from "./feature.ts";
import { isFreeText, normaliseKey } from "./keys.ts";
import { formatRange, parseRange, type Range, splitValues } from "./range.ts";
import { show } from "./show.ts";
import { parseStep } from "./step.ts";

export type { CoercionConfig, CoercionContext } from "./coercers.ts";

/** One key's value in the one spelling everything behind the gateway reads: text, a list of texts, or (`feature`) a mapping. */
export type CoercedValue = string | readonly string[] | Mapping;

/** A request in canonical form. Plain JSON, so it is stored and sent as such. */
export type Coerced = Readonly<Record<string, CoercedValue>>;

/** Polytope v1's defaults. `hdate` goes with `date`. */
export const DEFAULT_COERCION: CoercionConfig = {
	allow_ranges: ["number", "step", "date", "time"],
	allow_lists: [
		"class",
		"stream",
		"type",
		"expver",
		"param",
		"number",
		"date",
		"step",
		"time",
	],
	number_allow_zero: false,
};

/**
 * Brings a request into canonical form: keys in lower case, values as text, relative dates made absolute (UTC).
 *
 * Values of keys without rules of their own stay as typed; matching and expansion cut them at slashes.
 * A request that is only text or a number becomes `{data: text}`.
 *
 * @throws {RequestError} naming every fault, in the words of Polytope v1
 */
export function coerce(document: Document, context: CoercionContext): Coerced {
	if (document.kind === "scalar") return { data: document.text };
	const coerced: Record<string, CoercedValue> = Object.create(null);
	const faults: string[] = [];
	for (const [spelling, value] of Object.entries(document.value)) {
		const key = normaliseKey(spelling);
		if (Object.hasOwn(coerced, key))
			faults.push(
				` Key given twice for key '${key}' with value '${show(value)}'`,
			);
		coerced[key] = coerceOrNote(key, value, context, faults);
	}
	if (faults.length === 0) return coerced;
	throw new RequestError(
		faults.map((fault) => fault.trim()),
		`Errors in request:${faults.map((fault) => `\n${fault}`).join("")}`,
	);
}

function coerceOrNote(
	key: string,
	value: Value,
	context: CoercionContext,
	faults: string[],
): CoercedValue {
	try {
		const coerced = coerceValue(key, value, context);
		if (Array.isArray(coerced)) faults.push(...duplicates(key, coerced));
		return coerced;
	} catch (error) {
		if (!(error instanceof RequestError)) throw error;
		faults.push(
			` ${error.message} for key '${show(key)}' with value '${show(value)}'`,
		);
		return "";
	}
}

/**
 * One key's value in canonical form; what `coerce` does for each.
 *
 * @throws {RequestError} with the bare reason
 */
export function coerceValue(
	key: string,
	value: Value,
	context: CoercionContext,
): CoercedValue {
	if (key === "") throw new RequestError(["Empty key"]);
	if (isMapping(value)) return coerceMapping(key, value, context);
	if (key === "feature")
		throw new RequestError(["Invalid type, expected a mapping"]);
	if (isFreeText(key)) return freeText(value);
	if (Array.isArray(value)) return coerceList(key, value, context);
	return coerceText(key, scalar(value), context);
}

function coerceMapping(
	key: string,
	value: Mapping,
	{ config }: CoercionContext,
): Mapping {
	if (key === "feature") return typeFeature(value);
	if (hasCoercer(key) || config.allow_lists.includes(key))
		throw new RequestError([
			"Invalid type, expected a value or a list of values",
		]);
	return value;
}

function freeText(value: Value): string {
	return Array.isArray(value)
		? value.map((item) => String(scalar(item))).join("/")
		: String(scalar(value));
}

function coerceList(
	key: string,
	values: readonly Value[],
	context: CoercionContext,
): readonly string[] {
	if (values.length === 0) throw new RequestError(["Empty list"]);
	return values.map((value) => {
		const text = coerceScalar(key, scalar(value), context);
		if (text.includes("/"))
			throw new RequestError([
				"Invalid list, expected single values without '/'",
			]);
		return text;
	});
}

function coerceText(
	key: string,
	value: Scalar,
	context: CoercionContext,
): string | readonly string[] {
	if (typeof value !== "string" || !value.includes("/"))
		return coerceScalar(key, value, context);
	const kind = key === "hdate" ? "date" : key;
	const listed = context.config.allow_lists.includes(kind);
	const range = hasCoercer(key) || listed ? parseRange(key, value) : undefined;
	if (range && !context.config.allow_ranges.includes(kind))
		throw new RequestError([`Invalid range format for key ${key}.`]);
	if (range) return coerceRange(key, range, context);
	if (!listed) return coerceScalar(key, value, context);
	return splitValues(value).map((part) => coerceScalar(key, part, context));
}

function coerceRange(
	key: string,
	range: Range,
	context: CoercionContext,
): string {
	if (range.by !== undefined && !isIncrement(range.by))
		throw new RequestError([`Invalid range format for key ${key}.`]);
	return formatRange({
		...range,
		from: coerceScalar(key, range.from, context),
		until: coerceScalar(key, range.until, context),
	});
}

/** Whole and above nothing, with or without a unit: `by/0` would never end. */
const isIncrement = (text: string): boolean => (parseStep(text) ?? 0) > 0;

function scalar(value: Value): Scalar {
	if (typeof value !== "object" || value === null) return value;
	throw new RequestError([
		"Invalid type, expected a value or a list of values",
	]);
}

function duplicates(key: string, values: readonly string[]): readonly string[] {
	const seen = new Set<string>();
	const twice = new Set<string>();
	for (const value of values) (seen.has(value) ? twice : seen).add(value);
	if (twice.size === 0) return [];
	return [
		`Duplicate values found in list for key '${key}': {${show([...twice]).slice(1, -1)}}`,
	];
}
