import { DATASOURCE_TYPES } from "./sections/datasources.ts";
import {
	type Complaint,
	entriesOf,
	find,
	type Path,
	placeOf,
	type Tree,
	textOf,
} from "./tree.ts";

/**
 * What the schema cannot see of datasources: names that lead nowhere, parents in a circle, keys of another type, and
 * entries of collections that lack what their type needs.
 */
export function checkDatasources(tree: Tree): Complaint[] {
	const complaints: Complaint[] = [];
	const complain = (path: Path, text: string) =>
		complaints.push({ at: placeOf(tree, path), text });
	for (const [name] of entriesOf(find(tree, ["datasources"])))
		checkOne(tree, ["datasources", name], name, complain);
	for (const [collection] of entriesOf(find(tree, ["collections"]))) {
		const list = find(tree, ["collections", collection, "datasources"]);
		if (list?.kind !== "list") continue;
		for (const i of list.items.keys())
			checkEntry(tree, ["collections", collection, "datasources", i], complain);
	}
	return complaints;
}

type Complain = (path: Path, text: string) => void;

function checkOne(tree: Tree, path: Path, name: string, complain: Complain) {
	const parents = find(tree, [...path, "parents"]);
	const type = inherited(tree, path, "type", new Set([name]));
	if (parents?.kind === "list")
		for (const [i, item] of parents.items.entries()) {
			const parent = textOf(item);
			if (parent === undefined) continue;
			const at = [...path, "parents", i];
			if (!find(tree, ["datasources", parent]))
				complain(at, `parent datasource '${parent}' is not configured`);
			else if (reaches(tree, parent, name, new Set()))
				complain(at, `datasource '${name}' is its own parent by '${parent}'`);
		}
	checkKeys(tree, path, type && textOf(type), name, complain);
}

function checkEntry(tree: Tree, path: Path, complain: Complain) {
	const entry = find(tree, path);
	const name = textOf(entry) ?? textOf(find(entry, ["name"]));
	if (name === undefined) return;
	const global: Path = ["datasources", name];
	if (!find(tree, global)) {
		complain(path, `datasource '${name}' is not configured`);
		return;
	}
	const value = (key: string) =>
		find(entry, [key]) ?? inherited(tree, global, key, new Set([name]));
	const type = textOf(value("type"));
	if (type === undefined)
		complain(path, `datasource '${name}' has no type, nor have its parents`);
	if (type === "grib" && isAbsent(value("path")) && isAbsent(value("archive")))
		complain(path, `datasource '${name}' is of type 'grib': it needs a 'path'`);
	if (type === "features" || type === "polytope")
		checkSource(!isAbsent(value("path")), !isAbsent(value("zarr")), (text) =>
			complain(path, `datasource '${name}' is of type '${type}': ${text}`),
		);
	if (isAbsent(value("access_key")) !== isAbsent(value("secret_key")))
		complain(
			path,
			`datasource '${name}' has one of 'access_key' and 'secret_key', where S3 needs both`,
		);
	checkKeys(tree, path, type, name, complain);
}

/** Fields come from files or from a Zarr. */
function checkSource(
	path: boolean,
	zarr: boolean,
	complain: (text: string) => void,
): void {
	if (!path && !zarr) complain("it needs a 'path' or a 'zarr'");
	if (path && zarr) complain("it has a 'path' and a 'zarr', where one decides");
}

/** A key that only another type has would silently do nothing. */
function checkKeys(
	tree: Tree,
	path: Path,
	type: string | undefined,
	name: string,
	complain: Complain,
) {
	const own = type === undefined ? undefined : DATASOURCE_TYPES[type];
	if (!own) return;
	for (const [key] of entriesOf(find(tree, path))) {
		const owner = Object.entries(DATASOURCE_TYPES).find(([, keys]) =>
			keys.includes(key),
		);
		if (owner && !own.includes(key))
			complain(
				[...path, key],
				`datasource '${name}' is of type '${type}': '${key}' belongs to type '${owner[0]}'`,
			);
	}
}

/** A datasource's own value, else that of its last parent that has one. */
function inherited(
	tree: Tree,
	path: Path,
	key: string,
	seen: Set<string>,
): Tree | undefined {
	const own = find(tree, [...path, key]);
	if (own) return own;
	for (const parent of parentsOf(tree, path).reverse()) {
		if (seen.has(parent)) continue;
		seen.add(parent);
		const value = inherited(tree, ["datasources", parent], key, seen);
		if (value) return value;
	}
	return undefined;
}

function reaches(
	tree: Tree,
	from: string,
	to: string,
	seen: Set<string>,
): boolean {
	if (from === to) return true;
	if (seen.has(from)) return false;
	seen.add(from);
	return parentsOf(tree, ["datasources", from]).some((parent) =>
		reaches(tree, parent, to, seen),
	);
}

function parentsOf(tree: Tree, path: Path): string[] {
	const parents = find(tree, [...path, "parents"]);
	if (parents?.kind !== "list") return [];
	return parents.items.flatMap((item) => textOf(item) ?? []);
}

const isAbsent = (tree: Tree | undefined) =>
	!tree || (tree.kind === "leaf" && tree.value === null);
