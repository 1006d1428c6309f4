import { createHash } from "node:crypto";
import type { Authenticator } from "../authenticator.ts";

/** A key as the configuration holds it: in clear, or its SHA-256 in hexadecimal. */
export interface KeyConfig {
	readonly key?: string | undefined;
	readonly key_hash?: string | undefined;
	readonly user: string;
	readonly email?: string | undefined;
}

/**
 * `Bearer KEY` and `EmailKey address:KEY`. Keys are looked up by their SHA-256, so the time it takes says nothing of
 * how near a guess was. An address is compared when the key has one, without regard to case.
 */
export function keys(
	realm: string,
	configured: readonly KeyConfig[],
): Authenticator {
	const byHash = new Map(configured.map((key) => [hashOf(key), key]));
	return {
		realm,
		schemes: ["Bearer", "EmailKey"],
		async recognise(scheme, value) {
			const given = scheme === "emailkey" ? emailKey(value) : { key: value };
			const found = given && byHash.get(sha256(given.key));
			if (!found || !emailFits(given.email, found.email)) return undefined;
			return {
				username: found.user,
				attributes: found.email === undefined ? {} : { email: found.email },
			};
		},
	};
}

function hashOf({ key, key_hash }: KeyConfig): string {
	return key_hash?.toLowerCase() ?? sha256(key ?? "");
}

function emailKey(value: string): { email?: string; key: string } | undefined {
	const colon = value.indexOf(":");
	if (colon < 0) return undefined;
	return { email: value.slice(0, colon), key: value.slice(colon + 1) };
}

function emailFits(given: string | undefined, known: string | undefined) {
	if (given === undefined || known === undefined) return true;
	return given.toLowerCase() === known.toLowerCase();
}

const sha256 = (text: string) =>
	createHash("sha256").update(text).digest("hex");
