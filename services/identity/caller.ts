import type { Config } from "../platform/config/schema.ts";
import { userId } from "./user-id.ts";

/** Whoever was recognised: what the rest of the system knows of a user. */
export interface Caller {
	readonly id: string;
	readonly username: string;
	readonly realm: string;
	/** Always holds `default`. */
	readonly roles: readonly string[];
	readonly attributes: Readonly<Record<string, string>>;
}

/** What an authenticator found, before authorizers add roles. */
export interface Found {
	readonly username: string;
	readonly attributes: Readonly<Record<string, string>>;
}

type Authorizers = Config["authentication"][string]["authorizers"];

/** The caller that was found in a realm, with the roles that its authorizers give. */
export function toCaller(
	realm: string,
	found: Found,
	authorizers: Authorizers,
): Caller {
	const given = Object.values(authorizers).flatMap(({ roles }) =>
		Object.entries(roles)
			.filter(([, users]) => users.includes(found.username))
			.map(([role]) => role),
	);
	return {
		id: userId(found.username, realm),
		username: found.username,
		realm,
		roles: [...new Set(["default", ...given])],
		attributes: found.attributes,
	};
}
