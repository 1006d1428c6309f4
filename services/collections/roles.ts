import type { User } from "./user.ts";

/** Who may use something: role names, or role names per realm. Any one of them is enough. */
export type Roles =
	| string
	| readonly string[]
	| { readonly [realm: string]: string | readonly string[] };

/** The role everyone has, so that `{realm: [default]}` means everyone of that realm. */
export const DEFAULT_ROLE = "default";

/** Whether the user has any of the roles. An empty list or mapping admits nobody. */
export function hasRole(user: User, roles: Roles): boolean {
	const wanted = rolesOfRealm(user.realm, roles);
	return wanted.some(
		(role) => role === DEFAULT_ROLE || user.roles.includes(role),
	);
}

function rolesOfRealm(realm: string, roles: Roles): readonly string[] {
	if (typeof roles === "string") return [roles];
	if (isList(roles)) return roles;
	const ofRealm = Object.hasOwn(roles, realm) ? roles[realm] : undefined;
	return typeof ofRealm === "string" ? [ofRealm] : (ofRealm ?? []);
}

/** `Array.isArray` does not narrow readonly lists. */
const isList = (roles: Roles): roles is readonly string[] =>
	Array.isArray(roles);
