import { type Complaint, type Leaf, mapLeaves, type Tree } from "./tree.ts";

/** Environment variables, as `process.env` gives them. */
export type Env = Readonly<Record<string, string | undefined>>;

const VARIABLE = /\$\$|\$\{([^}]*)\}|\$\{/g;

/**
 * `${NAME}` in every text replaced by the environment variable; `$$` gives `$`; a `$` before anything else stays (argon2
 * hashes are full of them). An unset variable is a complaint; an empty one is empty.
 */
export function expand(tree: Tree, env: Env, complaints: Complaint[]): Tree {
	return mapLeaves(tree, (leaf) => {
		if (typeof leaf.value !== "string" || !leaf.value.includes("$"))
			return leaf;
		return expanded(leaf, leaf.value, env, complaints);
	});
}

function expanded(
	leaf: Leaf,
	text: string,
	env: Env,
	complaints: Complaint[],
): Leaf {
	let fromEnv = false;
	let broken = false;
	const complain = (text: string) => {
		complaints.push({ at: leaf.at, text });
		broken = true;
		return "";
	};
	const value = text.replace(VARIABLE, (found, name?: string) => {
		if (found === "$$") return "$";
		if (name === undefined) return complain("a '${' is not closed");
		if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name))
			return complain(
				"after '${' must come the name of an environment variable",
			);
		fromEnv = true;
		return env[name] ?? complain(`environment variable ${name} is not set`);
	});
	return { ...leaf, value, fromEnv, broken };
}
