import {
	type Coerced,
	type CoercionConfig,
	DEFAULT_COERCION,
} from "../../hypercube/mars/coerce.ts";
import type { Limits } from "./limits.ts";
import {
	datasourceLabel,
	type MatchedRequest,
	matchDatasource,
} from "./match.ts";
import {
	type Datasource,
	type DatasourceSettings,
	resolveDatasource,
} from "./resolve.ts";
import { DEFAULT_ROLE, hasRole, type Roles } from "./roles.ts";
import type { User } from "./user.ts";

export { effectiveLimit, type Limits } from "./limits.ts";

/** A named offering: who may use it, how much, and what serves it, in the order it is tried. */
export interface Collection {
	readonly name: string;
	readonly roles: Roles;
	readonly limits: Limits;
	readonly datasources: readonly Datasource[];
}

/** A collection as configured. */
export interface CollectionSettings {
	readonly roles?: Roles | undefined;
	readonly limits?: Limits | undefined;
	readonly datasources: readonly (string | DatasourceSettings)[];
}

/**
 * A collection with its datasources resolved.
 *
 * @param openByDefault whether a collection that names no roles is open to everyone who is authenticated, or to nobody
 * @throws {CollectionConfigError}
 */
export function resolveCollection(
	name: string,
	settings: CollectionSettings,
	definitions: Readonly<Record<string, DatasourceSettings>>,
	openByDefault: boolean,
): Collection {
	return {
		name,
		roles: settings.roles ?? (openByDefault ? [DEFAULT_ROLE] : []),
		limits: settings.limits ?? {},
		datasources: settings.datasources.map((entry) =>
			resolveDatasource(entry, definitions),
		),
	};
}

/** What collections are made from: these sections of the configuration. */
export interface CollectionSections {
	readonly collections: Readonly<Record<string, CollectionSettings>>;
	readonly datasources: Readonly<Record<string, DatasourceSettings>>;
	readonly sample: boolean;
}

/** The collections as configured, by name, with their datasources resolved. @throws {CollectionConfigError} */
export const resolveCollections = (
	config: CollectionSections,
): Map<string, Collection> =>
	new Map(
		Object.entries(config.collections).map(([name, settings]) => [
			name,
			resolveCollection(name, settings, config.datasources, config.sample),
		]),
	);

/** Whether the user may use the collection at all. */
export const mayUse = (collection: Collection, user: User): boolean =>
	hasRole(user, collection.roles);

/** The datasource that serves a request, or why none does. */
export type Choice =
	| {
			readonly matched: true;
			readonly datasource: Datasource;
			readonly request: MatchedRequest;
	  }
	| { readonly matched: false; readonly message: string };

/** Whether data can be put into the datasource: it then says where. */
const canArchive = ({ settings }: Datasource): boolean =>
	typeof settings.archive === "string";

/**
 * The first datasource that serves the request, or why each of them does not, a line for each.
 *
 * @param now time of submission
 * @param verb "archive": only datasources that take data come into question
 */
export function chooseDatasource(
	collection: Collection,
	coerced: Coerced,
	user: User,
	now: Date,
	coercion: CoercionConfig = DEFAULT_COERCION,
	verb: "retrieve" | "archive" = "retrieve",
): Choice {
	const reasons: string[] = [];
	for (const datasource of collection.datasources) {
		if (verb === "archive" && !canArchive(datasource)) {
			const label = datasourceLabel(datasource);
			reasons.push(`Skipping datasource ${label}: it does not take data.`);
			continue;
		}
		const found = matchDatasource(datasource, coerced, user, now, coercion);
		if (found.matched)
			return { matched: true, datasource, request: found.request };
		reasons.push(found.reason);
	}
	return {
		matched: false,
		message: `No matching datasource found for request:\n${reasons.join("\n")}`,
	};
}
