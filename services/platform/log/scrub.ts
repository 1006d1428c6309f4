import { isSecretName, REDACTED, RULES } from "./patterns.ts";

/** Takes secrets and personal data out of what is about to be written for others to read. */
export interface Scrub {
	text(text: string): string;
	/** A copy of a value with every text in it scrubbed, bounded in depth and length. Errors become their record. */
	value(value: unknown): unknown;
}

/** What is logged of an error: nothing but this, since libraries hang headers, addresses and rows on theirs. */
export interface ErrorRecord {
	readonly type: string;
	readonly message: string;
	readonly stack?: string;
	readonly code?: string | number;
	readonly cause?: unknown;
	readonly errors?: unknown;
}

export const isErrorRecord = (value: unknown): value is ErrorRecord =>
	typeof value === "object" &&
	value !== null &&
	"type" in value &&
	typeof value.type === "string" &&
	"message" in value &&
	typeof value.message === "string";

/** Characters that are looked at of a text, and that are kept. What is kept never ends in half a secret. */
const LOOKED_AT = 65_536;
const KEPT = 8_192;
const DEPTH = 6;
const ENTRIES = 100;
/** A shorter secret would also be a word. */
const SECRET_LENGTH = 8;
/** Nothing that any rule is about. */
const HARMLESS = /^(?:[^@:=?]{0,23}|[0-9a-f-]{36})$/;

/** @param secrets texts that must not appear anywhere, such as the configured passwords; short ones are left out */
export function openScrub(secrets: readonly string[] = []): Scrub {
	const known = knownPattern(secrets);
	const text = (raw: string): string => {
		if (known === undefined && HARMLESS.test(raw)) return raw;
		let clean = raw.slice(0, LOOKED_AT);
		if (known !== undefined) clean = clean.replace(known, REDACTED);
		if (!HARMLESS.test(clean)) for (const rule of RULES) clean = rule(clean);
		return clean.length > KEPT ? `${clean.slice(0, KEPT)}…` : clean;
	};
	return { text, value: (value) => copy(value, text, new Set()) };
}

/** The secrets as they are, and as they stand in addresses and in JSON. */
function knownPattern(secrets: readonly string[]): RegExp | undefined {
	const forms = new Set(
		secrets
			.filter((secret) => secret.length >= SECRET_LENGTH)
			.flatMap((secret) => [
				secret,
				encodeURIComponent(secret.toWellFormed()),
				JSON.stringify(secret).slice(1, -1),
			]),
	);
	if (forms.size === 0) return undefined;
	const longestFirst = [...forms].sort((a, b) => b.length - a.length);
	return new RegExp(longestFirst.map(RegExp.escape).join("|"), "g");
}

type Clean = (text: string) => string;

function copy(value: unknown, clean: Clean, above: Set<object>): unknown {
	if (typeof value === "string") return clean(value);
	if (typeof value === "bigint") return value.toString();
	if (typeof value === "function" || typeof value === "symbol")
		return `[${typeof value}]`;
	if (typeof value !== "object" || value === null) return value;
	if (above.has(value)) return "[again]";
	if (above.size >= DEPTH) return "[deeper]";
	const inside = new Set(above).add(value);
	if (value instanceof Error) return recordOf(value, clean, inside);
	if (value instanceof Date) return clean(String(value.toJSON()));
	if (value instanceof URL) return clean(value.href);
	if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
	if (Array.isArray(value) || value instanceof Set)
		return [...value]
			.slice(0, ENTRIES)
			.map((item) => copy(item, clean, inside));
	const entries = value instanceof Map ? [...value] : Object.entries(value);
	return Object.fromEntries(
		entries.slice(0, ENTRIES).map(([key, item]) => {
			const name = nameOf(key);
			const kept = isSecretName(name) ? REDACTED : copy(item, clean, inside);
			return [clean(name), kept];
		}),
	);
}

/** Keys of a map may be objects, and these may have no text. */
const nameOf = (key: unknown): string =>
	typeof key === "object" && key !== null ? "[object]" : String(key);

function recordOf(
	error: Error,
	clean: Clean,
	inside: Set<object>,
): ErrorRecord {
	const code = "code" in error ? error.code : undefined;
	return {
		type: clean(error.name === "Error" ? error.constructor.name : error.name),
		message: clean(error.message),
		...(typeof error.stack === "string" && { stack: clean(error.stack) }),
		...(typeof code === "string" && { code: clean(code) }),
		...(typeof code === "number" && { code }),
		...(error.cause !== undefined && {
			cause: copy(error.cause, clean, inside),
		}),
		...(error instanceof AggregateError && {
			errors: copy(error.errors, clean, inside),
		}),
	};
}
