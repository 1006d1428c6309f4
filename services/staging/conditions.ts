import type { IncomingHttpHeaders } from "node:http";

/** The validators of an object: what its ETag and Last-Modified headers say. */
export interface Validators {
	/** Strong, with its quotes. */
	readonly etag: string;
	/** Milliseconds since 1970, whole seconds: the header has no more. */
	readonly lastModified: number;
}

/** What the conditions of a request come to, in the order of RFC 9110 §13.2.2; `If-Range` is asked on its own. */
export function judgeConditions(
	headers: IncomingHttpHeaders,
	have: Validators,
): "proceed" | "not modified" | "failed" {
	const match = headers["if-match"];
	if (match !== undefined) {
		if (!listed(match, have.etag, strong)) return "failed";
	} else if (have.lastModified > timeOf(headers["if-unmodified-since"]))
		return "failed";
	const noneMatch = headers["if-none-match"];
	if (noneMatch !== undefined)
		return listed(noneMatch, have.etag, weak) ? "not modified" : "proceed";
	return have.lastModified <= timeOf(headers["if-modified-since"])
		? "not modified"
		: "proceed";
}

/** Whether a Range header counts: without If-Range, or when that names exactly what we have. */
export function rangeCounts(
	headers: IncomingHttpHeaders,
	have: Validators,
): boolean {
	const ifRange = headers["if-range"];
	if (ifRange === undefined) return true;
	const text = Array.isArray(ifRange) ? ifRange.join() : ifRange;
	return text.trim() === have.etag || timeOf(text) === have.lastModified;
}

/** Not a number when there is no date: every comparison with it is false. */
const timeOf = (header: string | undefined): number =>
	header === undefined ? Number.NaN : Date.parse(header);

const strong = (tag: string): string => tag;
const weak = (tag: string): string => tag.replace(/^W\//, "");

/** Whether a list of tags holds ours; our tags hold no comma. */
const listed = (
	header: string,
	etag: string,
	compared: (tag: string) => string,
): boolean =>
	header.trim() === "*" ||
	header.split(",").some((tag) => compared(tag.trim()) === etag);
