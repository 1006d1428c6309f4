import type { Value } from "./document.ts";

const LIMIT = 200;

/** A value for an error message: text as typed, lists as Python writes them (v1's texts), never longer than a line or two. */
export function show(value: Value): string {
	const text =
		typeof value === "object" && value !== null ? nested(value) : String(value);
	return text.length > LIMIT ? `${text.slice(0, LIMIT)}...` : text;
}

function nested(value: Value): string {
	if (!Array.isArray(value)) return JSON.stringify(value);
	// Far more than is shown, far less than would cost.
	return `[${value
		.slice(0, LIMIT)
		.map((item) => (typeof item === "string" ? `'${item}'` : show(item)))
		.join(", ")}]`;
}
