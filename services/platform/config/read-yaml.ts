import {
	type Document,
	isAlias,
	isMap,
	isScalar,
	isSeq,
	LineCounter,
	type Node,
	type Pair,
	parseAllDocuments,
	type Scalar,
	type YAMLMap,
} from "yaml";
import type { Complaint, Entry, Leaf, Place, Source, Tree } from "./tree.ts";

// Far beyond any real configuration; an alias that contains itself would otherwise never end.
const MAX_DEPTH = 50;
const MAX_NODES = 200_000;

interface Reading {
	readonly document: Document;
	readonly place: (node: { range?: readonly number[] | null }) => Place;
	readonly complain: (at: Place, text: string) => void;
	nodes: number;
}

/**
 * The YAML 1.2 documents of one file as trees, in order (v1 allowed several in a file). What is wrong with the text
 * goes to `complaints`; messages never quote it, since it may hold a secret.
 */
export function readYaml(
	source: Source,
	text: string,
	complaints: Complaint[],
): Tree[] {
	const lines = new LineCounter();
	const at = (offset: number): Place => ({
		source,
		line: lines.linePos(offset).line,
	});
	const documents = parseAllDocuments(text, {
		lineCounter: lines,
		prettyErrors: false,
	});
	if (!Array.isArray(documents)) return [];
	return documents.flatMap((document) => {
		for (const { pos, code } of [...document.errors, ...document.warnings])
			complaints.push({ at: at(pos[0]), text: `invalid YAML: ${said(code)}` });
		if (document.errors.length > 0 || !document.contents) return [];
		const tree = toTree(document.contents, 0, {
			document,
			place: (node) => at(node.range?.[0] ?? 0),
			complain: (place, text) => complaints.push({ at: place, text }),
			nodes: 0,
		});
		if (tree.kind === "map") return [tree];
		if (tree.kind !== "leaf" || tree.value !== null)
			complaints.push({ at: tree.at, text: "expected a map at the top" });
		return [];
	});
}

/** `BAD_INDENT` → "bad indent": the parser's longer messages may quote the file. */
const said = (code: string) => code.toLowerCase().replaceAll("_", " ");

function toTree(node: Node, depth: number, reading: Reading): Tree {
	const at = reading.place(node);
	reading.nodes += 1;
	if (depth > MAX_DEPTH || reading.nodes > MAX_NODES) {
		if (reading.nodes < Number.POSITIVE_INFINITY)
			reading.complain(at, "too deep or too large; does an alias hold itself?");
		reading.nodes = Number.POSITIVE_INFINITY;
		return leaf(at, null, "");
	}
	if (isAlias(node)) {
		const target = node.resolve(reading.document);
		return target
			? toTree(target, depth + 1, reading)
			: complained(at, "alias of nothing", reading);
	}
	if (isMap(node)) return toBranch(node, depth, reading);
	if (isSeq(node))
		return {
			kind: "list",
			at,
			items: node.items.map((item) =>
				isNode(item) ? toTree(item, depth + 1, reading) : leaf(at, null, ""),
			),
		};
	return isScalar(node) ? toLeaf(node, at) : leaf(at, null, "");
}

function toBranch(node: YAMLMap, depth: number, reading: Reading): Tree {
	const own = new Map<string, Entry>();
	const merged = new Map<string, Entry>();
	for (const pair of node.items) {
		const key = keyOf(pair);
		const place = isNode(pair.key) ? reading.place(pair.key) : undefined;
		const at = place ?? reading.place(node);
		if (key === undefined) {
			reading.complain(at, "a key must be text");
			continue;
		}
		const tree = isNode(pair.value)
			? toTree(pair.value, depth + 1, reading)
			: leaf(at, null, "");
		if (key === "<<") for (const entry of mergedIn(tree)) merged.set(...entry);
		else own.set(key, { at, tree });
	}
	return {
		kind: "map",
		at: reading.place(node),
		entries: new Map([...merged, ...own]),
	};
}

/** `<<: *base` and `<<: [*first, *second]`, of which the first wins. */
function mergedIn(tree: Tree): [string, Entry][] {
	if (tree.kind === "list") return [...tree.items].reverse().flatMap(mergedIn);
	return tree.kind === "map" ? [...tree.entries] : [];
}

function keyOf({ key }: Pair): string | undefined {
	if (!isScalar(key)) return undefined;
	return key.source ?? String(key.value);
}

function toLeaf(scalar: Scalar, at: Place): Leaf {
	const { value, source } = scalar;
	const known =
		value === null || ["string", "number", "boolean"].includes(typeof value);
	const typed = source ?? String(value);
	return leaf(at, known ? asScalar(value) : typed, typed);
}

function asScalar(value: unknown): Leaf["value"] {
	if (typeof value === "number" || typeof value === "boolean") return value;
	return value === null ? null : String(value);
}

function leaf(at: Place, value: Leaf["value"], typed: string): Leaf {
	return { kind: "leaf", at, value, typed, fromEnv: false };
}

function complained(at: Place, text: string, reading: Reading): Leaf {
	reading.complain(at, text);
	return leaf(at, null, "");
}

function isNode(value: unknown): value is Node {
	return isMap(value) || isSeq(value) || isScalar(value) || isAlias(value);
}
