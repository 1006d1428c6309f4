const ALIASES: Readonly<Record<string, string>> = { levellist: "levelist" };

/** Keys whose value is one piece of text, however many slashes it has. `grid: 0.25/0.25` is a pair, not a list. */
const FREE_TEXT: ReadonlySet<string> = new Set([
	"accuracy",
	"area",
	"comment",
	"data",
	"error_message",
	"file",
	"filter",
	"format",
	"georef",
	"grid",
	"interpolation",
	"path",
	"rotation",
	"size",
	"target",
	"url",
]);

/** The one spelling of a key: trimmed, lower case, aliases replaced. */
export function normaliseKey(key: string): string {
	const plain = key.trim().toLowerCase();
	return Object.hasOwn(ALIASES, plain) ? (ALIASES[plain] ?? plain) : plain;
}

export function isFreeText(key: string): boolean {
	return FREE_TEXT.has(key);
}
