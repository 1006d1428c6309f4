import { argon2, randomBytes } from "node:crypto";

/** A hash in PHC form, taken apart. `memory` in KiB. */
export interface Argon2Hash {
	readonly algorithm: "argon2id" | "argon2i" | "argon2d";
	readonly memory: number;
	readonly passes: number;
	readonly parallelism: number;
	readonly nonce: Buffer;
	readonly tag: Buffer;
}

const PHC =
	/^\$(argon2(?:id|i|d))\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/;

/**
 * Reads `$argon2id$v=19$m=…,t=…,p=…$salt$hash` (https://github.com/P-H-C/phc-string-format).
 * @throws {Error} that never quotes the hash.
 */
export function parseHash(phc: string): Argon2Hash {
	const [, name, m, t, p, salt = "", tag = ""] = PHC.exec(phc) ?? [];
	const hash = {
		algorithm: algorithmOf(name),
		memory: Number(m),
		passes: Number(t),
		parallelism: Number(p),
		nonce: Buffer.from(salt, "base64"),
		tag: Buffer.from(tag, "base64"),
	};
	const { memory, passes, parallelism, nonce } = hash;
	if (parallelism < 1 || passes < 1 || memory < 8 * parallelism)
		throw new Error("an argon2 hash needs p ≥ 1, t ≥ 1 and m ≥ 8p");
	if (nonce.length < 8 || hash.tag.length < 16)
		throw new Error("an argon2 hash needs 8 bytes of salt and 16 of hash");
	return hash;
}

/** The hash of a password with the parameters of a known one. Takes a thread of the pool, not the event loop. */
export function argon2Of(
	password: string,
	{ algorithm, memory, passes, parallelism, nonce, tag }: Argon2Hash,
): Promise<Buffer> {
	const settings = {
		message: password,
		nonce,
		parallelism,
		tagLength: tag.length,
		memory,
		passes,
	};
	return new Promise((resolve, reject) =>
		argon2(algorithm, settings, (reason, made) =>
			reason ? reject(reason) : resolve(made),
		),
	);
}

/** A new hash in PHC form, with the parameters that OWASP names first for argon2id (19 MiB, 2 passes, 1 lane). */
export async function hashPassword(password: string): Promise<string> {
	const fresh: Argon2Hash = {
		algorithm: "argon2id",
		memory: 19 * 1024,
		passes: 2,
		parallelism: 1,
		nonce: randomBytes(16),
		tag: Buffer.alloc(32),
	};
	const tag = await argon2Of(password, fresh);
	return `$argon2id$v=19$m=${fresh.memory},t=2,p=1$${bare(fresh.nonce)}$${bare(tag)}`;
}

const bare = (bytes: Buffer) => bytes.toString("base64").replace(/=+$/, "");

function algorithmOf(name: string | undefined): Argon2Hash["algorithm"] {
	if (name === "argon2id" || name === "argon2i" || name === "argon2d")
		return name;
	throw new Error("not an argon2 hash in PHC form");
}
