import {
	type Coerced,
	type CoercedValue,
	type CoercionContext,
	coerceValue,
} from "../../hypercube/mars/coerce.ts";
import type { Scalar } from "../../hypercube/mars/document.ts";
import { RequestError } from "../../hypercube/mars/errors.ts";
import { expandKey } from "../../hypercube/mars/expand.ts";
import { show } from "../../hypercube/mars/show.ts";
import { checkDates, DateError } from "./date-rules.ts";
import { CollectionConfigError } from "./errors.ts";

/** The values a key may have; an empty list forbids the key. */
export type Rule = Scalar | readonly Scalar[];

/** Why a datasource does not serve a request. `matchDatasource` makes it a reason. */
export class Mismatch extends Error {}

/** Beyond this many values of one key the request is not held against a rule: it is refused. */
const MAX_RULED_VALUES = 100_000;

/**
 * Holds the request against one rule, in the words of Polytope v1.
 *
 * Lists and ranges are looked at value by value: every value asked for has to be allowed.
 *
 * @throws {Mismatch}
 */
export function checkRule(
	key: string,
	rule: Rule,
	request: Coerced,
	context: CoercionContext,
): void {
	const allowed: readonly Scalar[] = Array.isArray(rule) ? rule : [rule];
	const value = Object.hasOwn(request, key) ? request[key] : undefined;
	if (allowed.length === 0) {
		if (value !== undefined)
			throw new Mismatch(`request containing key '${key}' is not allowed.`);
		return;
	}
	if (value === undefined)
		throw new Mismatch(`request does not contain expected key '${key}'`);
	if (key === "date") checkDateRule(value, allowed, context.now);
	else checkValues(key, value, allowed, context);
}

function checkDateRule(
	value: CoercedValue,
	allowed: readonly Scalar[],
	now: Date,
): void {
	if (!isValues(value))
		throw new Mismatch(
			"error processing date check: Invalid date, expected real date in YYYYMMDD format.",
		);
	try {
		checkDates(value, allowed.map(String), now);
	} catch (error) {
		if (error instanceof DateError) throw new Mismatch(`${error.message}.`);
		if (error instanceof CollectionConfigError)
			throw new Mismatch(`error processing date check: ${error.message}.`);
		throw error;
	}
}

function checkValues(
	key: string,
	value: CoercedValue,
	allowed: readonly Scalar[],
	context: CoercionContext,
): void {
	const permitted = new Set(
		allowed.flatMap((item) => ruleValues(key, item, context)),
	);
	if (
		isValues(value) &&
		requested(key, value)?.every((item) => permitted.has(item))
	)
		return;
	const asked = isValues(value) ? valueText(value) : show(value);
	throw new Mismatch(
		`got ${key} : ${asked}, but expected one of [${allowed.join(", ")}]`,
	);
}

/** The values asked for, one by one; undefined when they are none, or too many to look at. */
function requested(
	key: string,
	value: string | readonly string[],
): readonly string[] | undefined {
	try {
		const values = expandKey(key, value, MAX_RULED_VALUES);
		return values.length > 0 ? values : undefined;
	} catch (error) {
		if (error instanceof RequestError) return undefined;
		throw error;
	}
}

function ruleValues(
	key: string,
	item: Scalar,
	context: CoercionContext,
): readonly string[] {
	try {
		const value = coerceValue(key, item, context);
		return isValues(value) ? expandKey(key, value, MAX_RULED_VALUES) : [];
	} catch (error) {
		if (!(error instanceof RequestError)) throw error;
		throw new Mismatch(
			`error in its match rule for key '${key}' with value '${show(item)}': ${error.message}`,
		);
	}
}

/** Text or a list of texts, as opposed to a mapping. */
export function isValues(
	value: CoercedValue,
): value is string | readonly string[] {
	return typeof value === "string" || Array.isArray(value);
}

export const joinValues = (value: string | readonly string[]): string =>
	typeof value === "string" ? value : value.join("/");
const valueText = (value: string | readonly string[]): string =>
	show(joinValues(value));
