import { expect, it } from "vitest";
import { argon2Of, hashPassword, parseHash } from "./argon2.ts";

it("gives what the reference implementation gives", async () => {
	// Example in the README of github.com/P-H-C/phc-winner-argon2: password "password", salt "somesalt".
	const known = parseHash(
		"$argon2i$v=19$m=65536,t=2,p=4$c29tZXNhbHQ$RdescudvJCsgt3ub+b+dWRWJTmaaJObG",
	);
	expect(await argon2Of("password", known)).toEqual(known.tag);
	expect(await argon2Of("Password", known)).not.toEqual(known.tag);
});

it("makes hashes that it reads, never the same twice", async () => {
	const made = await hashPassword("pâss:word");
	const known = parseHash(made);
	expect(known).toMatchObject({ algorithm: "argon2id", memory: 19456 });
	expect(await argon2Of("pâss:word", known)).toEqual(known.tag);
	expect(await hashPassword("pâss:word")).not.toBe(made);
});

it.each([
	"",
	"secret",
	"$argon2id$v=16$m=8,t=1,p=1$c29tZXNhbHQ$AAAAAAAAAAAAAAAAAAAAAA",
	"$argon2id$v=19$m=8,t=1,p=1$c2Fs$AAAAAAAAAAAAAAAAAAAAAA",
	"$argon2id$v=19$m=7,t=1,p=1$c29tZXNhbHQ$AAAAAAAAAAAAAAAAAAAAAA",
	"$argon2id$v=19$m=8,t=0,p=1$c29tZXNhbHQ$AAAAAAAAAAAAAAAAAAAAAA",
	"$argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHQ$AAAA",
	"$2b$12$abcdefghijklmnopqrstuv",
])("refuses %j without quoting it", (phc) => {
	expect(() => parseHash(phc)).toThrow(
		/^(?!.*c29tZX)(?!.*secret).*argon2 hash/,
	);
});
