import type { Authenticator } from "../authenticator.ts";
import type { Found } from "../caller.ts";
import type { FailureBudget } from "../failure-budget.ts";
import type { Passwords } from "../passwords.ts";
import { decodeBasic } from "./basic.ts";

/** A user as the configuration holds it: with a password in clear, or its argon2 hash. */
export interface UserConfig {
	readonly uid: string;
	readonly password?: string | undefined;
	readonly password_hash?: string | undefined;
	readonly attributes?: Readonly<Record<string, string>> | undefined;
	readonly email?: string | undefined;
}

export interface PlainContext {
	readonly passwords: Passwords;
	readonly failures: FailureBudget;
}

/**
 * Basic: user and password of users in the configuration. Whoever failed too often for a user must wait, right or
 * wrong, since a right guess that answers differently would make waiting pointless.
 */
export function plain(
	realm: string,
	users: readonly UserConfig[],
	{ passwords, failures }: PlainContext,
): Authenticator {
	const byName = new Map(users.map((user) => [user.uid, user]));
	const decoy = users.find((user) => user.password_hash !== undefined);
	return {
		realm,
		schemes: ["Basic"],
		async recognise(_scheme, value) {
			const given = decodeBasic(value);
			if (!given || (await failures.spent(`${realm}/${given.uid}`)))
				return undefined;
			const user = byName.get(given.uid);
			// An unknown user costs as much as a known one: time must not tell who exists.
			const right = await passwords.fits(given.password, user ?? decoy ?? {});
			if (user && right) return toFound(user);
			await failures.count(`${realm}/${given.uid}`);
			return undefined;
		},
	};
}

const toFound = ({ uid, attributes, email }: UserConfig): Found => ({
	username: uid,
	attributes: { ...(email === undefined ? {} : { email }), ...attributes },
});
