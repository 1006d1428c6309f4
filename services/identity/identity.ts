import { createHmac, randomBytes } from "node:crypto";
import { LRUCache } from "lru-cache";
import type { Cache } from "../platform/cache/cache.ts";
import type { Clock } from "../platform/clock.ts";
import type { Config } from "../platform/config/schema.ts";
import type { Authenticator } from "./authenticator.ts";
import { type Credentials, parseAuthorization } from "./authorization.ts";
import { type Caller, toCaller } from "./caller.ts";
import { challengeOf } from "./challenge.ts";
import { openFailureBudget } from "./failure-budget.ts";
import { openPasswords } from "./passwords.ts";
import { openAuthenticators } from "./realms.ts";

/** Who is calling, or why that is not known. */
export type Recognised =
	| { readonly kind: "caller"; readonly caller: Caller }
	| {
			readonly kind: "refused";
			/** For the caller. Never holds the word "expired": polytope-client breaks on it. */
			readonly message: string;
			/** Value of `WWW-Authenticate`. */
			readonly challenge: string;
	  };

export interface Identity {
	/** Recognises the sender of an `Authorization` header; empty when there was none. */
	recognise(authorization: string): Promise<Recognised>;
}

// Every poll carries the credentials again, and an argon2 check costs tens of milliseconds of processor.
const REMEMBERED_MS = 60_000;
const REMEMBERED = 10_000;

/** @throws {Error} when the configuration holds a password hash that cannot be used. */
export function openIdentity(
	authentication: Config["authentication"],
	clock: Clock,
	cache: Cache,
): Identity {
	const authenticators = openAuthenticators(authentication, {
		passwords: openPasswords(),
		failures: openFailureBudget(cache),
	});
	const find = (authorization: string) =>
		recognise(authorization, authenticators, authentication);
	return remembering(find, clock);
}

/** Remembers successes for a minute by a keyed digest of the header, and lets equal headers share one check. */
function remembering(find: Identity["recognise"], clock: Clock): Identity {
	const key = randomBytes(32);
	const known = new LRUCache<string, Recognised>({
		max: REMEMBERED,
		ttl: REMEMBERED_MS,
		ttlResolution: 0,
		perf: clock,
	});
	const pending = new Map<string, Promise<Recognised>>();
	return {
		recognise(authorization) {
			const digest = createHmac("sha256", key)
				.update(authorization)
				.digest("base64");
			const before = known.get(digest);
			if (before) return Promise.resolve(before);
			const running = pending.get(digest);
			if (running) return running;
			const started = find(authorization)
				.then((result) => {
					if (result.kind === "caller") known.set(digest, result);
					return result;
				})
				.finally(() => pending.delete(digest));
			pending.set(digest, started);
			return started;
		},
	};
}

async function recognise(
	authorization: string,
	authenticators: readonly Authenticator[],
	authentication: Config["authentication"],
): Promise<Recognised> {
	const refused = (message: string): Recognised => ({
		kind: "refused",
		message,
		challenge: challengeOf(authenticators),
	});
	const items =
		authorization === "" ? NOTHING : parseAuthorization(authorization);
	if (!items) return refused(UNREADABLE);
	let tried = false;
	for (const { scheme, value } of items)
		for (const authenticator of authenticators) {
			if (!takes(authenticator, scheme)) continue;
			tried = true;
			const found = await authenticator.recognise(scheme, value);
			if (!found) continue;
			const { realm } = authenticator;
			const authorizers = authentication[realm]?.authorizers ?? {};
			return { kind: "caller", caller: toCaller(realm, found, authorizers) };
		}
	if (items === NOTHING) return refused(UNREADABLE);
	return refused(tried ? "Invalid credentials" : noProvider(items));
}

// polytope-server v1's text, quotes and all: clients have been seen to show it.
const UNREADABLE =
	"Could not read authorization header, expected 'Authorization: <type> <credentials>";
const NOTHING: readonly Credentials[] = [{ scheme: "", shown: "", value: "" }];

function takes({ schemes }: Authenticator, scheme: string): boolean {
	if (scheme === "") return schemes.length === 0;
	return schemes.some((one) => one.toLowerCase() === scheme);
}

function noProvider(items: readonly Credentials[]): string {
	const shown = items[0]?.shown.slice(0, 40) ?? "";
	const type = /expired/i.test(shown) ? "unknown" : shown;
	return `No authentication providers for authentication type ${type}`;
}
