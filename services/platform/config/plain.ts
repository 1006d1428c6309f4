import { isAbsolute, resolve } from "node:path";
import type { Entry, Leaf, Path, Place, Source, Tree } from "./tree.ts";

const REQUEST_MAPS = new Set(["match", "defaults", "patch", "zarr_keys"]);

/** Settings given as values (command line, tests) as a tree without lines. */
export function fromPlain(value: unknown, source: Source): Tree {
	const at: Place = { source, line: 0 };
	if (Array.isArray(value))
		return { kind: "list", at, items: value.map((v) => fromPlain(v, source)) };
	if (typeof value === "object" && value !== null) {
		const entries = Object.entries(value)
			.filter(([, v]) => v !== undefined)
			.map(([k, v]): [string, Entry] => [
				k,
				{ at, tree: fromPlain(v, source) },
			]);
		return { kind: "map", at, entries: new Map(entries) };
	}
	const known = typeof value === "number" || typeof value === "boolean";
	const scalar = known || value === null ? value : String(value);
	return {
		kind: "leaf",
		at,
		value: scalar,
		typed: String(value),
		fromEnv: false,
	};
}

/**
 * The values of a tree. Values in `match`, `defaults` and `patch` stay as typed, so that `expver: 0001` is `0001` as
 * in a request; relative paths become absolute, from the folder of the file that holds them.
 */
export function toPlain(tree: Tree, path: Path = []): unknown {
	if (tree.kind === "list")
		return tree.items.map((item, i) => toPlain(item, [...path, i]));
	if (tree.kind === "leaf") return plainLeaf(tree, path);
	return Object.fromEntries(
		[...tree.entries].map(([key, entry]) => [
			key,
			toPlain(entry.tree, [...path, key]),
		]),
	);
}

function plainLeaf(leaf: Leaf, path: Path): unknown {
	const local = datasourcePath(path);
	if (REQUEST_MAPS.has(String(local?.[0])))
		return leaf.value === null ? null : textIn(leaf);
	if (typeof leaf.value !== "string") return leaf.value;
	const isPath =
		PATHS.has(String(local?.[0])) && !/^[a-z][\w+.-]*:\/\//i.test(leaf.value);
	if (isPath || isTlsFile(path))
		return absolute(leaf.value, leaf.at.source.folder);
	if (path.join(".") === "staging.url" && /^file:[^/]/.test(leaf.value))
		return `file:${absolute(leaf.value.slice(5), leaf.at.source.folder)}`;
	return leaf.value;
}

/** Keys of a datasource that are paths. */
const PATHS: ReadonlySet<string> = new Set([
	"path",
	"archive",
	"zarr",
	"shapes",
	"grids",
]);

const isTlsFile = (path: Path) =>
	path.length === 3 && path.slice(0, 2).join(".") === "services.tls";

const textIn = (leaf: Leaf) =>
	typeof leaf.value === "string" ? leaf.value : leaf.typed;

/** The path inside a datasource, global or as a collection lists it; `undefined` outside of one. */
function datasourcePath(path: Path): Path | undefined {
	if (path[0] === "datasources") return path.slice(2);
	if (path[0] === "collections" && path[2] === "datasources")
		return path.slice(4);
	return undefined;
}

function absolute(path: string, folder: string): string {
	return path === "sample:" || isAbsolute(path) ? path : resolve(folder, path);
}
