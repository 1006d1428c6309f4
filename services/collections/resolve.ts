import type { Mapping, Scalar, Value } from "../../hypercube/mars/document.ts";
import { CollectionConfigError } from "./errors.ts";
import type { DatasourceRules } from "./match.ts";
import { isMap, mergeOver, withoutNulls } from "./merge.ts";
import type { Roles } from "./roles.ts";
import type { Rule } from "./rule.ts";

/** Settings of a datasource as configured: its own, or those with which a collection lists it. */
export type DatasourceSettings = Readonly<Record<string, unknown>>;

/** A datasource ready for use: when it serves (`DatasourceRules`), and what its type needs to know (`settings`). */
export interface Datasource extends DatasourceRules {
	readonly settings: DatasourceSettings;
}

/**
 * The datasource that a collection's entry means: its global definition under the entry's own settings, over all
 * parents. Maps merge, lists replace, `null` deletes, so that a collection can also narrow what it offers.
 *
 * @param entry a name, or settings with a `name`
 * @throws {CollectionConfigError} in the words of Polytope v1
 */
export function resolveDatasource(
	entry: string | DatasourceSettings,
	definitions: Readonly<Record<string, DatasourceSettings>>,
): Datasource {
	const own = typeof entry === "string" ? { name: entry } : entry;
	const name = own.name;
	if (typeof name !== "string" || name === "") {
		throw new CollectionConfigError(
			"Datasource config must contain a 'name' key",
		);
	}
	const definition = lookup(
		definitions,
		name,
		`Could not find config for datasource ${name}`,
	);
	const merged = withParents(mergeOver(definition, own), definitions, [name]);
	return read(name, withoutNulls(merged));
}

function withParents(
	settings: DatasourceSettings,
	definitions: Readonly<Record<string, DatasourceSettings>>,
	line: readonly string[],
): DatasourceSettings {
	const parents = Array.isArray(settings.parents)
		? settings.parents.map(String)
		: [];
	const inherited = parents.reduce<DatasourceSettings>((below, parent) => {
		if (line.includes(parent)) {
			throw new CollectionConfigError(
				`Datasource ${line.at(-1)} has circular parent reference to ${parent}`,
			);
		}
		const definition = lookup(
			definitions,
			parent,
			`Parent datasource '${parent}' not found in global config.`,
		);
		const { name: _, ...rest } = withParents(definition, definitions, [
			...line,
			parent,
		]);
		return mergeOver(below, rest);
	}, {});
	return mergeOver(inherited, settings);
}

function lookup(
	definitions: Readonly<Record<string, DatasourceSettings>>,
	name: string,
	complaint: string,
): DatasourceSettings {
	const definition = Object.hasOwn(definitions, name)
		? definitions[name]
		: undefined;
	if (definition === undefined) throw new CollectionConfigError(complaint);
	return definition;
}

function read(name: string, merged: DatasourceSettings): Datasource {
	const {
		name: _,
		type,
		repr,
		roles,
		defaults,
		match,
		patch,
		parents: __,
		...settings
	} = merged;
	const place = `Datasource ${name}`;
	if (typeof type !== "string")
		throw new CollectionConfigError(`${place} has no type`);
	if (repr !== undefined && typeof repr !== "string")
		throw new CollectionConfigError(`${place}: 'repr' is not text`);
	return {
		name,
		type,
		...(repr === undefined ? {} : { repr }),
		...(roles === undefined ? {} : { roles: readRoles(place, roles) }),
		...(defaults === undefined
			? {}
			: { defaults: readMapping(`${place}: 'defaults'`, defaults) }),
		...(match === undefined ? {} : { match: readRules(place, match) }),
		...(patch === undefined
			? {}
			: { patch: readMapping(`${place}: 'patch'`, patch) }),
		settings,
	};
}

function readRoles(place: string, roles: unknown): Roles {
	if (isRoleNames(roles)) return roles;
	if (!isMap(roles))
		throw new CollectionConfigError(
			`${place}: 'roles' is neither a role, a list nor a map of realms`,
		);
	return Object.fromEntries(
		Object.entries(roles).map(([realm, names]) => {
			if (isRoleNames(names)) return [realm, names];
			throw new CollectionConfigError(
				`${place}: roles of realm '${realm}' are neither a role nor a list`,
			);
		}),
	);
}

function isRoleNames(roles: unknown): roles is string | readonly string[] {
	return (
		typeof roles === "string" ||
		(Array.isArray(roles) && roles.every((role) => typeof role === "string"))
	);
}

function readRules(
	place: string,
	match: unknown,
): Readonly<Record<string, Rule>> {
	if (!isMap(match))
		throw new CollectionConfigError(`${place}: 'match' is not a map`);
	return Object.fromEntries(
		Object.entries(match).map(([key, rule]) => {
			if (isScalar(rule)) return [key, rule];
			if (Array.isArray(rule) && rule.every(isScalar)) return [key, rule];
			throw new CollectionConfigError(
				`${place}: match rule for key '${key}' is neither a value nor a list of values`,
			);
		}),
	);
}

function readMapping(place: string, value: unknown): Mapping {
	if (isMap(value) && Object.values(value).every(isValue))
		return Object.fromEntries(entriesOf(value));
	throw new CollectionConfigError(`${place} is not a map of request values`);
}

function entriesOf(
	map: Readonly<Record<string, unknown>>,
): readonly (readonly [string, Value])[] {
	return Object.entries(map).flatMap(([key, value]) =>
		isValue(value) ? [[key, value] as const] : [],
	);
}

function isValue(value: unknown): value is Value {
	if (isScalar(value)) return true;
	return Array.isArray(value)
		? value.every(isValue)
		: isMap(value) && Object.values(value).every(isValue);
}

function isScalar(value: unknown): value is Scalar {
	return (
		value === null || ["string", "number", "boolean"].includes(typeof value)
	);
}
