import { nearest } from "./nearest.ts";
import {
	AUTHENTICATOR_TYPES,
	AUTHENTICATOR_TYPES_TO_COME,
	AUTHORIZER_TYPES,
	AUTHORIZER_TYPES_TO_COME,
} from "./sections/authentication.ts";
import {
	DATASOURCE_TYPES,
	DATASOURCE_TYPES_TO_COME,
} from "./sections/datasources.ts";
import {
	type Complaint,
	entriesOf,
	find,
	type Path,
	placeOf,
	type Tree,
	without,
} from "./tree.ts";

interface Kind {
	readonly word: string;
	readonly known: readonly string[];
	readonly toCome: readonly string[];
	/** Whether its type must be given; a datasource may get it from a parent. */
	readonly needed: boolean;
}
const DATASOURCE: Kind = {
	word: "datasource",
	known: Object.keys(DATASOURCE_TYPES),
	toCome: DATASOURCE_TYPES_TO_COME,
	needed: false,
};
const AUTHENTICATOR: Kind = {
	word: "authenticator",
	known: AUTHENTICATOR_TYPES,
	toCome: AUTHENTICATOR_TYPES_TO_COME,
	needed: true,
};
const AUTHORIZER: Kind = {
	word: "authorizer",
	known: AUTHORIZER_TYPES,
	toCome: AUTHORIZER_TYPES_TO_COME,
	needed: true,
};

/**
 * Complains of types that do not exist or are not built, and gives the tree without their holders: the schema would
 * only add that it knows none of their keys.
 */
export function dropUnknownTypes(tree: Tree, complaints: Complaint[]): Tree {
	let left = tree;
	for (const [path, kind] of holders(tree)) {
		const text = typeFault(find(tree, path), kind);
		if (text === undefined) continue;
		complaints.push({ at: placeOf(tree, [...path, "type"]), text });
		left = without(left, path);
	}
	return left;
}

function holders(tree: Tree): [Path, Kind][] {
	const below = (path: Path, kind: Kind) =>
		entriesOf(find(tree, path)).map(([name]): [Path, Kind] => [
			[...path, name],
			kind,
		]);
	const realms = entriesOf(find(tree, ["authentication"])).flatMap(
		([realm]) => [
			...below(["authentication", realm, "authenticators"], AUTHENTICATOR),
			...below(["authentication", realm, "authorizers"], AUTHORIZER),
		],
	);
	return [...below(["datasources"], DATASOURCE), ...realms];
}

function typeFault(holder: Tree | undefined, kind: Kind): string | undefined {
	if (holder?.kind !== "map") return undefined;
	const given = find(holder, ["type"]);
	const known = kind.known.join(", ");
	if (!given)
		return kind.needed
			? `the ${kind.word} needs a 'type' (known: ${known})`
			: undefined;
	const type = given.kind === "leaf" ? given.typed : "";
	if (kind.known.includes(type)) return undefined;
	if (kind.toCome.includes(type))
		return `${kind.word} type '${type}' is not built yet (known: ${known})`;
	if (given.kind === "leaf" && given.broken) return undefined;
	if (given.kind !== "leaf" || given.fromEnv)
		return `unknown ${kind.word} type (known: ${known})`;
	const near = nearest(type, kind.known);
	return `unknown ${kind.word} type '${type}'${near ? `, did you mean '${near}'?` : ""} (known: ${known})`;
}
