import type { User } from "./user.ts";

/** Requests in flight (queued or processing) of one collection. Spelt as in the configuration. */
export interface Limits {
	/** 0 admits none. */
	readonly total?: number | undefined;
	/** 0: no limit. */
	readonly "per-user"?: number | undefined;
	/** `{realm: {role: n}}` */
	readonly "per-role"?:
		| Readonly<Record<string, Readonly<Record<string, number>>>>
		| undefined;
}

/**
 * How many requests this user may have in flight in the collection; 0 is no limit.
 *
 * The largest limit of the user's roles, which holds even where it is smaller than `per-user`; without one, `per-user`.
 */
export function effectiveLimit(
	limits: Limits,
	user: Pick<User, "realm" | "roles">,
): number {
	const ofRealm = own(limits["per-role"] ?? {}, user.realm) ?? {};
	const ofRoles = user.roles.map((role) => own(ofRealm, role) ?? 0);
	return Math.max(0, ...ofRoles) || (limits["per-user"] ?? 0);
}

function own<V>(map: Readonly<Record<string, V>>, key: string): V | undefined {
	return Object.hasOwn(map, key) ? map[key] : undefined;
}
