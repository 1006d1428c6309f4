import { DEFAULT_POOL } from "../pools.ts";
import { nearest } from "./nearest.ts";
import {
	type Complaint,
	entriesOf,
	find,
	placeOf,
	type Tree,
	textOf,
} from "./tree.ts";

/** What the schema cannot see of pools: a worker that would serve none, for want of a collection that names it. */
export function checkPools(tree: Tree): Complaint[] {
	const list = find(tree, ["worker", "pools"]);
	if (list?.kind !== "list") return [];
	const known = entriesOf(find(tree, ["collections"])).map(
		([name]) =>
			textOf(find(tree, ["collections", name, "pool"])) ?? DEFAULT_POOL,
	);
	return [...list.items].flatMap((item, index) => {
		const pool = textOf(item);
		if (pool === undefined || known.includes(pool)) return [];
		const near = nearest(pool, known);
		const hint = near === undefined ? "" : `; did you mean '${near}'?`;
		return [
			{
				at: placeOf(tree, ["worker", "pools", index]),
				text: `no collection has 'pool: ${pool}'${hint}`,
			},
		];
	});
}
