import { z } from "zod";
import { text } from "../values.ts";

/** Authenticator types that are built. */
export const AUTHENTICATOR_TYPES: readonly string[] = [
	"anonymous",
	"keys",
	"plain",
];
/** Authorizer types that are built. */
export const AUTHORIZER_TYPES: readonly string[] = ["plain"];
/** Types of v1 that are not built; asking for one is an error that says so. */
export const AUTHENTICATOR_TYPES_TO_COME: readonly string[] = [
	"keycloak",
	"ecmwfapi",
	"jwt",
	"openid_offline_access",
	"federation",
];
export const AUTHORIZER_TYPES_TO_COME: readonly string[] = ["ldap"];

const PHC =
	/^\$argon2(?:id|i|d)\$v=19\$m=\d+,t=\d+,p=\d+\$[A-Za-z0-9+/]+\$[A-Za-z0-9+/]+$/;

const user = z
	.strictObject({
		uid: text("The user's name."),
		password: text(
			"In clear; refused on a public address unless it comes from the environment.",
		).optional(),
		password_hash: text("argon2 hash, `$argon2id$v=19$m=…,t=…,p=…$…$…`.")
			.regex(PHC, "expected an argon2 hash, $argon2id$v=19$m=…,t=…,p=…$…$…")
			.optional(),
		attributes: z
			.record(z.string(), z.string())
			.meta({ description: "Shown to datasources.", kind: "map of text" })
			.optional(),
		email: text("The user's e-mail address.").optional(),
	})
	.refine((user) => exactlyOne(user.password, user.password_hash), {
		error: "needs exactly one of 'password' and 'password_hash'",
	});

const key = z
	.strictObject({
		key: text(
			"In clear; refused on a public address unless it comes from the environment.",
		).optional(),
		key_hash: text("SHA-256 of the key, 64 hexadecimal digits.")
			.regex(/^[0-9a-fA-F]{64}$/, "expected 64 hexadecimal digits")
			.optional(),
		user: text("Whose key it is."),
		email: text("`EmailKey` must name this address.").optional(),
	})
	.refine((key) => exactlyOne(key.key, key.key_hash), {
		error: "needs exactly one of 'key' and 'key_hash'",
	});

const authenticator = z.discriminatedUnion("type", [
	z.strictObject({
		type: z.literal("plain").meta({ description: "Basic: user and password." }),
		users: z.array(user).meta({ description: "Who there is.", kind: "list" }),
	}),
	z.strictObject({
		type: z.literal("keys").meta({
			description: "`Bearer KEY` and `EmailKey address:KEY`.",
		}),
		keys: z.array(key).meta({ description: "The keys.", kind: "list" }),
	}),
	z.strictObject({
		type: z.literal("anonymous").meta({
			description: "Whoever shows no credentials.",
		}),
		user: text("Name of everyone without credentials.").prefault("anonymous"),
	}),
]);

const authorizer = z.discriminatedUnion("type", [
	z.strictObject({
		type: z.literal("plain").meta({ description: "Roles by name." }),
		roles: z
			.record(z.string(), z.array(z.string()))
			.meta({
				description: "Users of each role, `{role: [uid]}`.",
				kind: "map of role to list of text",
			})
			.prefault({}),
	}),
]);

/** Who is calling, realm by realm, as in v1. */
export const authentication = z
	.record(
		z.string(),
		z.strictObject({
			authenticators: z
				.record(z.string(), authenticator)
				.meta({ description: "Tried in order.", kind: "map" })
				.prefault({}),
			authorizers: z
				.record(z.string(), authorizer)
				.meta({ description: "What adds roles.", kind: "map" })
				.prefault({}),
		}),
	)
	.prefault({})
	.meta({ description: "Who is calling: one entry a realm." });

function exactlyOne(a: unknown, b: unknown): boolean {
	return (a === undefined) !== (b === undefined);
}
