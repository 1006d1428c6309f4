import type { Config } from "../config/schema.ts";

const SECRET_KEY =
	/password|secret|token|authorization|^key$|api.?key|access_key|^dsn$|^headers$/i;
/** Their keys name files. */
const FILES = ["tls"];

/** The passwords, keys and tokens of a configuration, those inside of addresses too. */
export const secretsIn = (config: Config): string[] => [
	...new Set(walk(config)),
];

function walk(value: unknown, key = ""): string[] {
	if (typeof value === "string")
		return SECRET_KEY.test(key) ? [value] : passwordIn(value);
	if (typeof value !== "object" || value === null || FILES.includes(key))
		return [];
	return Object.entries(value).flatMap(([name, inner]) =>
		walk(inner, Array.isArray(value) || key === "headers" ? key : name),
	);
}

function passwordIn(text: string): string[] {
	const password = URL.parse(text)?.password ?? "";
	if (password === "") return [];
	try {
		return [decodeURIComponent(password)];
	} catch {
		return [password];
	}
}
