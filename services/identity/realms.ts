import type { Config, RealmConfig } from "../platform/config/schema.ts";
import { parseHash } from "./argon2.ts";
import type { Authenticator } from "./authenticator.ts";
import { anonymous } from "./authenticators/anonymous.ts";
import { keys } from "./authenticators/keys.ts";
import { type PlainContext, plain } from "./authenticators/plain.ts";

type AuthenticatorConfig = RealmConfig["authenticators"][string];

/**
 * The authenticators of all realms, in the order of the configuration.
 * @throws {Error} for a password hash that cannot be used, naming realm and user.
 */
export function openAuthenticators(
	authentication: Config["authentication"],
	ctx: PlainContext,
): Authenticator[] {
	return Object.entries(authentication).flatMap(([realm, { authenticators }]) =>
		Object.values(authenticators).map((config) => open(realm, config, ctx)),
	);
}

function open(
	realm: string,
	config: AuthenticatorConfig,
	ctx: PlainContext,
): Authenticator {
	switch (config.type) {
		case "anonymous":
			return anonymous(realm, config.user);
		case "keys":
			return keys(realm, config.keys);
		case "plain":
			for (const { uid, password_hash } of config.users)
				if (password_hash !== undefined) checkHash(realm, uid, password_hash);
			return plain(realm, config.users, ctx);
	}
}

function checkHash(realm: string, uid: string, hash: string): void {
	try {
		parseHash(hash);
	} catch (cause) {
		const why = cause instanceof Error ? cause.message : "";
		throw new Error(`user '${uid}' of realm '${realm}': ${why}`, { cause });
	}
}
