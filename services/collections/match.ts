import {
	type Coerced,
	type CoercedValue,
	type CoercionConfig,
	type CoercionContext,
	coerceValue,
	DEFAULT_COERCION,
} from "../../hypercube/mars/coerce.ts";
import type { Mapping, Value } from "../../hypercube/mars/document.ts";
import { RequestError } from "../../hypercube/mars/errors.ts";
import { normaliseKey } from "../../hypercube/mars/keys.ts";
import { show } from "../../hypercube/mars/show.ts";
import { hasRole, type Roles } from "./roles.ts";
import {
	checkRule,
	isValues,
	joinValues,
	Mismatch,
	type Rule,
} from "./rule.ts";
import type { User } from "./user.ts";

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
const FEATURE_TYPES: ReadonlySet<string> = new Set(["polytope", "features"]);
/** These choose fields, by keys; the others make something of any text. */
const FIELD_TYPES: ReadonlySet<string> = new Set(["grib"]);

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
			request: match({ source, user, now, config: coercion }, coerced),
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

interface Context extends CoercionContext {
	readonly source: DatasourceRules;
	readonly user: User;
}

function match(context: Context, coerced: Coerced): MatchedRequest {
	const { source, user } = context;
	if (source.roles !== undefined && !hasRole(user, source.roles))
		throw new Mismatch("user not authorized.");
	const request = {
		...configured("defaults", source.defaults, context),
		...coerced,
	};
	checkText(source, coerced);
	checkFeature(source, request);
	for (const [key, rule] of Object.entries(source.match ?? {}))
		checkRule(normaliseKey(key), rule, request, context);
	return join({ ...request, ...configured("patch", source.patch, context) });
}

/** A text or a number was coerced to `{data: text}`. */
function checkText(source: DatasourceRules, coerced: Coerced): void {
	const onlyText = Object.keys(coerced).join() === "data";
	if (onlyText && FIELD_TYPES.has(source.type))
		throw new Mismatch(
			"the request is only text, but keys with values are expected, such as class: od.",
		);
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

function configured(
	section: string,
	values: Mapping | undefined,
	context: CoercionContext,
): Coerced {
	const coerced: Record<string, CoercedValue> = Object.create(null);
	for (const [spelling, value] of Object.entries(values ?? {})) {
		const key = normaliseKey(spelling);
		coerced[key] = configuredValue(section, key, value, context);
	}
	return coerced;
}

function configuredValue(
	section: string,
	key: string,
	value: Value,
	context: CoercionContext,
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
