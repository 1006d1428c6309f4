import { isLoopback } from "../loopback.ts";
import {
	type Complaint,
	entriesOf,
	find,
	type Leaf,
	placeOf,
	type Source,
	type Tree,
	textOf,
} from "./tree.ts";

/**
 * What forbids to listen on an address that others can reach: no authentication, the sample configuration's users, or
 * passwords and keys that stand in a file in clear.
 */
export function checkPublic(tree: Tree, sample: Source): Complaint[] {
	const host = textOf(find(tree, ["http", "host"]));
	if (!host || isLoopback(host)) return [];
	const at = placeOf(tree, ["http", "host"]);
	const authenticators = authenticatorsOf(tree);
	if (authenticators.length === 0)
		return [
			{
				at,
				text: `'${host}' can be reached by others: configure 'authentication'`,
			},
		];
	const secrets = authenticators.flatMap(clearSecrets);
	const complaints: Complaint[] = secrets
		.filter((leaf) => leaf.at.source !== sample && !leaf.fromEnv)
		.map((leaf) => ({
			at: leaf.at,
			text: "a password or key in clear is for loopback only: use 'password_hash', 'key_hash' or an environment variable",
		}));
	if (secrets.some((leaf) => leaf.at.source === sample))
		complaints.push({
			at,
			text: `'${host}' can be reached by others, but the sample user 'demo' is known to everyone: say 'sample: false' or 'authentication: {demo: null}'`,
		});
	return complaints;
}

function authenticatorsOf(tree: Tree): Tree[] {
	return entriesOf(find(tree, ["authentication"])).flatMap(([, realm]) =>
		entriesOf(find(realm.tree, ["authenticators"])).map(([, one]) => one.tree),
	);
}

function clearSecrets(authenticator: Tree): Leaf[] {
	const lists = [find(authenticator, ["users"]), find(authenticator, ["keys"])];
	return lists
		.flatMap((list) => (list?.kind === "list" ? list.items : []))
		.flatMap((item) => [find(item, ["password"]), find(item, ["key"])])
		.filter((leaf) => leaf?.kind === "leaf");
}
