import type { z } from "zod";
import { nearest } from "./nearest.ts";
import { keysAt } from "./schema-keys.ts";
import { type Complaint, find, type Path, placeOf, type Tree } from "./tree.ts";

type Issue = z.core.$ZodIssue;

const WORDS: Readonly<Record<string, string>> = {
	object: "a map",
	record: "a map",
	array: "a list",
	string: "text",
	number: "a number",
	boolean: "true or false",
};

/** What the schema found wrong, as a person would say it, at the line where it stands. */
export function explain(issues: readonly Issue[], tree: Tree): Complaint[] {
	return issues.flatMap((issue) => explainOne(issue, tree, []));
}

function explainOne(issue: Issue, tree: Tree, above: Path): Complaint[] {
	const path = [...above, ...issue.path];
	if (issue.code === "unrecognized_keys")
		return issue.keys.map((key) => unknownKey(key, path, tree));
	const found = find(tree, path);
	if (found?.kind === "leaf" && found.broken) return [];
	const at = placeOf(tree, path);
	if (!found)
		return [
			{ at, text: said(path.slice(0, -1), `missing key '${last(path)}'`) },
		];
	if (issue.code === "invalid_key")
		return [
			{ at, text: said(path, issue.issues[0]?.message ?? issue.message) },
		];
	if (issue.code === "invalid_union") {
		const inner = deepest(issue.errors);
		if (inner) return inner.flatMap((one) => explainOne(one, tree, path));
	}
	const text =
		issue.code === "invalid_type"
			? `expected ${WORDS[issue.expected] ?? issue.expected}`
			: issue.message;
	return [{ at, text: said(path, text + shown(found, path)) }];
}

/** Of a union's branches the one that got inside the value; `undefined` when none did. */
function deepest(branches: readonly Issue[][]): Issue[] | undefined {
	return branches.find((issues) =>
		issues.every(
			({ path, code }) => path.length > 0 || code === "unrecognized_keys",
		),
	);
}

function unknownKey(key: string, path: Path, tree: Tree): Complaint {
	const known = keysAt(path);
	const near = nearest(key, known);
	// A key written where its name should stand (`keys: [{s3cret: user}]`) must not end up in a log.
	const name = near || !isSecret(path) ? ` '${key}'` : "";
	const help = near
		? `, did you mean '${near}'?`
		: ` (known: ${known.join(", ")})`;
	return {
		at: placeOf(tree, [...path, key]),
		text: said(path, `unknown key${name}${help}`),
	};
}

function shown(tree: Tree, path: Path): string {
	if (tree.kind !== "leaf" || tree.fromEnv || isSecret(path)) return "";
	if (/url$/i.test(last(path)) || tree.typed.length > 60) return "";
	return `, got ${tree.value === null ? "nothing" : `'${tree.typed}'`}`;
}

const isSecret = (path: Path) =>
	path[0] === "authentication" || /^(access|secret)_key$/.test(last(path));
const last = (path: Path) => String(path.at(-1) ?? "");
const said = (path: Path, text: string) =>
	path.length > 0 ? `${path.map(String).join(".")}: ${text}` : text;
