import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { argon2Of, parseHash } from "./argon2.ts";
import { limiter } from "./limiter.ts";

/** A secret to compare with: in clear, or as argon2 hash. */
export interface Secret {
	readonly password?: string | undefined;
	readonly password_hash?: string | undefined;
}

export interface Passwords {
	/** Whether a password is right. @throws {ConnectError} UNAVAILABLE when too many are being checked already. */
	fits(given: string, secret: Secret): Promise<boolean>;
}

// One check takes a thread of the pool that files share, its memory, and tens of milliseconds: two at a time, and a
// queue short enough to be served before callers give up.
const AT_ONCE = 2;
const WAITING = 100;

/** Compares passwords in constant time. */
export function openPasswords(): Passwords {
	const hashing = limiter(AT_ONCE, WAITING);
	const key = randomBytes(32);
	const digest = (text: string) =>
		createHmac("sha256", key).update(text).digest();
	return {
		async fits(given, { password, password_hash }) {
			if (password_hash === undefined)
				return (
					timingSafeEqual(digest(given), digest(password ?? "")) &&
					password !== undefined
				);
			const known = parseHash(password_hash);
			const tag = await hashing(() => argon2Of(given, known));
			return timingSafeEqual(tag, known.tag);
		},
	};
}
