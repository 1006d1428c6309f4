import {
	type Coerced,
	type CoercedValue,
	type CoercionConfig,
	coerceValue,
	DEFAULT_COERCION,
} from "../../hypercube/mars/coerce.ts";
import type { Mapping, Scalar, Value } from "../../hypercube/mars/document.ts";
import { RequestError } from "../../hypercube/mars/errors.ts";
import { expandKey } from "../../hypercube/mars/expand.ts";
import { normaliseKey } from "../../hypercube/mars/keys.ts";
import { show } from "../../hypercube/mars/show.ts";
import { checkDates, DateError } from "./date-rules.ts";
import { CollectionConfigError } from "./errors.ts";
import { hasRole, type Roles } from "./roles.ts";
import type { User } from "./user.ts";

export type Rule = Scalar | readonly Scalar[];

/** What decides whether a datasource serves a request, and how the request is changed for it. */
export interface DatasourceRules {
	readonly name: string;
	readonly type: string;
	/** How it is called towards users, instead of its name. */
	readonly repr?: string;
	readonly roles?: Roles;
	/** Added where the request says nothing. */
	readonly defaults?: Mapping;
	/** Key to allowed values; an empty list forbids the key. */
	readonly match?: Readonly<Record<string, Rule>>;
	/** Overwrites what the request says, after matching. */
	readonly patch?: Mapping;
}

/** A matched request: as coerced, defaults added, patched, lists joined by `/`. What the datasource gets and users are shown. */
export type MatchedRequest = Readonly<Record<string, string | Mapping>>;

export type Match =
	| { readonly matched: true; readonly request: MatchedRequest }
	| { readonly matched: false; readonly reason: string };

/** Only these cut features out of fields. */
const FEATURE_TYPES: ReadonlySet<string> = new Set(["polytope", "feature"]);

/** Beyond this many values of one key the request is not held against a rule: it is refused. */
const MAX_RULED_VALUES = 100_000;

/**
 * Whether the datasource serves this request of this user, with the reason in Polytope v1's words when it does not.
 *
 * A rule that cannot be evaluated is the operator's fault: it rules this datasource out and no other.
 *
 * @param now time of submission, for relative dates in rules and defaults
 */
export function matchDatasource(
	source: DatasourceRules,
	coerced: Coerced,
	user: User,
	now: Date,
	coercion: CoercionConfig = DEFAULT_COERCION,
): Match {
	try {
		return {
			matched: true,
			request: match({ source, user, now, coercion }, coerced),
		};
	} catch (error) {
		if (!(error instanceof Mismatch)) throw error;
		return {
			matched: false,
			reason: `Skipping datasource ${datasourceLabel(source)}: ${error.message}`,
		};
	}
}

/** What users see of the datasource: its `repr`, or its name. */
export const datasourceLabel = (source: DatasourceRules): string =>
	source.repr || source.name || source.type;

/** Why not. Never leaves this file. */
class Mismatch extends Error {}

interface Context {
	readonly source: DatasourceRules;
	readonly user: User;
	readonly now: Date;
	readonly coercion: CoercionConfig;
}

function match(context: Context, coerced: Coerced): MatchedRequest {
	const { source, user } = context;
	if (source.roles !== undefined && !hasRole(user, source.roles))
		throw new Mismatch("user not authorized.");
	const request = {
		...configured("defaults", source.defaults, context),
		...coerced,
	};
	checkFeature(source, request);
	for (const [key, rule] of Object.entries(source.match ?? {}))
		checkRule(normaliseKey(key), rule, request, context);
	return join({ ...request, ...configured("patch", source.patch, context) });
}

function checkFeature(source: DatasourceRules, request: Coerced): void {
	const expected = FEATURE_TYPES.has(source.type);
	if (expected === Object.hasOwn(request, "feature")) return;
	throw new Mismatch(
		expected
			? "request does not contain expected key 'feature'"
			: "request contains key 'feature', but this is not expected by the datasource.",
	);
}

function checkRule(
	key: string,
	rule: Rule,
	request: Coerced,
	context: Context,
): void {
	const allowed = Array.isArray(rule) ? rule : [rule];
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
	context: Context,
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
	{ now, coercion }: Context,
): readonly string[] {
	try {
		const value = coerceValue(key, item, { now, config: coercion });
		return isValues(value) ? expandKey(key, value, MAX_RULED_VALUES) : [];
	} catch (error) {
		if (!(error instanceof RequestError)) throw error;
		throw new Mismatch(
			`error in its match rule for key '${key}' with value '${show(item)}': ${error.message}`,
		);
	}
}

function configured(
	section: string,
	values: Mapping | undefined,
	{ now, coercion }: Context,
): Coerced {
	const coerced: Record<string, CoercedValue> = Object.create(null);
	for (const [spelling, value] of Object.entries(values ?? {})) {
		const key = normaliseKey(spelling);
		coerced[key] = configuredValue(section, key, value, {
			now,
			config: coercion,
		});
	}
	return coerced;
}

function configuredValue(
	section: string,
	key: string,
	value: Value,
	context: Parameters<typeof coerceValue>[2],
): CoercedValue {
	try {
		return coerceValue(key, value, context);
	} catch (error) {
		if (!(error instanceof RequestError)) throw error;
		throw new Mismatch(
			`error in its ${section} for key '${key}' with value '${show(value)}': ${error.message}`,
		);
	}
}

function join(request: Coerced): MatchedRequest {
	const joined: Record<string, string | Mapping> = Object.create(null);
	for (const [key, value] of Object.entries(request))
		joined[key] = isValues(value) ? joinValues(value) : value;
	return joined;
}

const joinValues = (value: string | readonly string[]): string =>
	typeof value === "string" ? value : value.join("/");
const valueText = (value: string | readonly string[]): string =>
	show(joinValues(value));

function isValues(value: CoercedValue): value is string | readonly string[] {
	return typeof value === "string" || Array.isArray(value);
}
