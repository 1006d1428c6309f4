import type { Authenticator } from "./authenticator.ts";

/** The value of `WWW-Authenticate`: every scheme of every realm, once (RFC 9110, 11.6.1). */
export function challengeOf(authenticators: readonly Authenticator[]): string {
	const challenges = authenticators.flatMap(({ realm, schemes }) =>
		schemes.map((scheme) => `${scheme} realm="${quotable(realm)}"`),
	);
	const all = [...new Set(challenges)].join(", ");
	return all === "" ? 'Basic realm="none"' : all;
}

const quotable = (text: string) =>
	text.replace(/[^\x20-\x21\x23-\x5b\x5d-\x7e]/g, "?");
