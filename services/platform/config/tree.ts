/** Where configuration comes from: a file, or the command line. */
export interface Source {
	/** What messages call it. */
	readonly label: string;
	/** What relative paths start from. */
	readonly folder: string;
}

/** A line of a source; 0 where there are no lines. */
export interface Place {
	readonly source: Source;
	readonly line: number;
}

export interface Leaf {
	readonly kind: "leaf";
	readonly at: Place;
	readonly value: string | number | boolean | null;
	/** The value as it was typed: `0001` where `value` is 1. */
	readonly typed: string;
	/** Whether any of it came from the environment, hence is never shown. */
	readonly fromEnv: boolean;
	/** Set where the environment lacked what the value needs: there is nothing to check. */
	readonly broken?: boolean;
}
export interface Branch {
	readonly kind: "map";
	readonly at: Place;
	readonly entries: ReadonlyMap<string, Entry>;
}
export interface Entry {
	readonly at: Place;
	readonly tree: Tree;
}
export interface Row {
	readonly kind: "list";
	readonly at: Place;
	readonly items: readonly Tree[];
}
/** Configuration that still knows where each part was written. */
export type Tree = Leaf | Branch | Row;
export type Path = readonly PropertyKey[];

/** Something wrong, at a place. */
export interface Complaint {
	readonly at: Place;
	readonly text: string;
}

/** The part of a tree at a path; `undefined` where there is none. */
export function find(tree: Tree | undefined, path: Path): Tree | undefined {
	return path.reduce<Tree | undefined>(step, tree);
}

function step(tree: Tree | undefined, key: PropertyKey): Tree | undefined {
	if (tree?.kind === "map") return tree.entries.get(String(key))?.tree;
	if (tree?.kind === "list") return tree.items[Number(key)];
	return undefined;
}

/** The place of a path: of its key where it has one, else of the deepest part above it. */
export function placeOf(tree: Tree, path: Path): Place {
	const [key, ...rest] = path;
	if (key === undefined) return tree.at;
	const entry = tree.kind === "map" ? tree.entries.get(String(key)) : undefined;
	const below = entry?.tree ?? step(tree, key);
	if (!below) return tree.at;
	return rest.length === 0 && entry ? entry.at : placeOf(below, rest);
}

/** The entries of a map; none for anything else. */
export function entriesOf(tree: Tree | undefined): [string, Entry][] {
	return tree?.kind === "map" ? [...tree.entries] : [];
}

/** The text of a leaf; `undefined` for anything else. */
export function textOf(tree: Tree | undefined): string | undefined {
	return tree?.kind === "leaf" && typeof tree.value === "string"
		? tree.value
		: undefined;
}

/** A copy of the tree with its leaves changed. */
export function mapLeaves(
	tree: Tree,
	change: (leaf: Leaf, path: Path) => Leaf,
	path: Path = [],
): Tree {
	if (tree.kind === "leaf") return change(tree, path);
	if (tree.kind === "list")
		return {
			...tree,
			items: tree.items.map((item, i) => mapLeaves(item, change, [...path, i])),
		};
	const entries = [...tree.entries].map(([key, entry]): [string, Entry] => [
		key,
		{ ...entry, tree: mapLeaves(entry.tree, change, [...path, key]) },
	]);
	return { ...tree, entries: new Map(entries) };
}

/** A copy of the tree without what is at a path. */
export function without(tree: Tree, path: Path): Tree {
	const [key, ...rest] = path;
	if (tree.kind !== "map" || key === undefined) return tree;
	const entry = tree.entries.get(String(key));
	if (!entry) return tree;
	const entries = new Map(tree.entries);
	if (rest.length === 0) entries.delete(String(key));
	else entries.set(String(key), { ...entry, tree: without(entry.tree, rest) });
	return { ...tree, entries };
}
