import { type Role, roleOf } from "./cf/roles.ts";
import type { ChunkedArray } from "./chunked.ts";
import { type Group, referredBy } from "./group.ts";
import type { ZarrMapping } from "./mapping.ts";

/** What a dimension of a variable runs along. */
export interface Along {
	/** Its place among the variable's dimensions. */
	readonly at: number;
	readonly size: number;
	/** A role, or a MARS key that the operator named. */
	readonly what: Role | (string & {});
	/** Its values; undefined where the dimension has none, and the operator says what it is. */
	readonly coordinate: ChunkedArray | undefined;
}

/** The dimensions and scalar coordinates of a variable. */
export interface Located {
	readonly along: readonly Along[];
	/** Coordinates of no dimension, with what they are. */
	readonly scalars: ReadonlyMap<Role, ChunkedArray>;
	/** Dimensions that nothing says anything of. */
	readonly unknown: readonly number[];
}

/** MARS keys and words of the mapping that mean what CF calls otherwise. */
const roles: Readonly<Record<string, Role>> = {
	date: "reference",
	time: "reference",
	valid: "time",
	levelist: "level",
};

/** Finds what each dimension of a variable runs along: what the operator says, else what its coordinates do. */
export function locate(
	variable: ChunkedArray,
	group: Group,
	mapping: ZarrMapping,
): Located {
	const { dimensions, shape } = variable.meta;
	const along: Along[] = [];
	const unknown: number[] = [];
	for (const [at, name] of dimensions.entries()) {
		const said = mapping.dimensions?.[name];
		const coordinate = coordinateOf(name, variable, group);
		const what =
			said === undefined
				? coordinate && roleOf(coordinate.meta)
				: (roles[said] ?? said);
		if (what === undefined) unknown.push(at);
		else along.push({ at, size: shape[at] ?? 0, what, coordinate });
	}
	return { along, unknown, scalars: scalarsOf(variable, group) };
}

/** The variable of the dimension's own name; else one beside it that says where the points lie. */
function coordinateOf(
	dimension: string,
	variable: ChunkedArray,
	{ variables }: Group,
): ChunkedArray | undefined {
	const own = variables.get(dimension);
	const isOwn = own !== undefined && runsAlong(own, dimension);
	if (isOwn && roleOf(own.meta) !== undefined) return own;
	const named = namedBy(variable).flatMap((name) => variables.get(name) ?? []);
	const beside = [...named, ...variables.values()].find((other) => {
		if (other === variable || !runsAlong(other, dimension)) return false;
		const role = roleOf(other.meta);
		if (role === "latitude" || role === "longitude") return true;
		return role !== undefined && named.includes(other);
	});
	return beside ?? (isOwn ? own : undefined);
}

const runsAlong = ({ meta }: ChunkedArray, dimension: string): boolean =>
	meta.dimensions.length === 1 && meta.dimensions[0] === dimension;

const namedBy = ({ meta }: ChunkedArray): string[] =>
	referredBy(meta).slice(meta.dimensions.length);

/** Those that the variable names; where it names none, all of the group but levels, which may be another's. */
function scalarsOf(
	variable: ChunkedArray,
	{ variables }: Group,
): ReadonlyMap<Role, ChunkedArray> {
	const says = typeof variable.meta.attributes.coordinates === "string";
	const named = new Set(namedBy(variable));
	const found = new Map<Role, ChunkedArray>();
	for (const [name, other] of variables) {
		if (other.meta.shape.length > 0 || (says && !named.has(name))) continue;
		const role = roleOf(other.meta);
		if (role === undefined || (role === "level" && !says)) continue;
		// Of two times the one that is called so: cfgrib puts `valid_time` beside it.
		if (!found.has(role) || name === "time") found.set(role, other);
	}
	return found;
}
