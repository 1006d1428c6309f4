import type { Entry, Path, Tree } from "./tree.ts";

/**
 * One tree over another: maps merge deep, `null` deletes, everything else (lists too) replaces. Inside a datasource
 * `null` stays, since there it also deletes what would come from a parent.
 */
export function merge(
	base: Tree | undefined,
	over: Tree,
	path: Path = [],
): Tree {
	if (over.kind !== "map") return over;
	const entries = new Map<string, Entry>(
		base?.kind === "map" ? base.entries : [],
	);
	for (const [key, entry] of over.entries) {
		const below = [...path, key];
		if (isNull(entry.tree) && !insideDatasource(below)) entries.delete(key);
		else
			entries.set(key, {
				...entry,
				tree: merge(entries.get(key)?.tree, entry.tree, below),
			});
	}
	return { ...over, entries };
}

const isNull = (tree: Tree) => tree.kind === "leaf" && tree.value === null;
const insideDatasource = (path: Path) =>
	path[0] === "datasources" && path.length > 2;
