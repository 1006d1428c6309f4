import { RequestError } from "./errors.ts";

/** `from/to/until[/by/by]`, still as text. */
export interface Range {
	readonly from: string;
	readonly until: string;
	readonly by?: string;
}

/** `a/b/c` cut into its trimmed values. */
export const splitValues = (text: string): readonly string[] =>
	text.split("/").map((part) => part.trim());

/**
 * Reads `a/to/b[/by/c]`, in either case. Undefined when there is no `to` in it.
 *
 * @throws {RequestError} when it looks like a range and is none
 */
export function parseRange(key: string, text: string): Range | undefined {
	const parts = splitValues(text);
	if (!parts.some((part) => /^to$/i.test(part))) return undefined;
	const [from = "", to = "", until = "", by = "", step = ""] = parts;
	const stepped = parts.length === 5 && /^by$/i.test(by) && step !== "";
	const shaped = parts.length === 3 || stepped;
	if (!shaped || !/^to$/i.test(to) || from === "" || until === "") {
		throw new RequestError([`Invalid range format for key ${key}.`]);
	}
	return stepped ? { from, until, by: step } : { from, until };
}

export function formatRange(range: Range): string {
	return `${range.from}/to/${range.until}${range.by === undefined ? "" : `/by/${range.by}`}`;
}
