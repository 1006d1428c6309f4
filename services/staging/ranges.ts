import parseRange from "range-parser";
import type { ByteRange } from "./objects.ts";

/** More parts than this are no download any more: the header is then ignored, as RFC 9110 §14.2 allows. */
const MOST_RANGES = 50;

/** What a Range header asks for: all, some parts, or nothing that exists. */
export type Wanted =
	| { readonly kind: "whole" }
	| { readonly kind: "parts"; readonly parts: readonly ByteRange[] }
	| { readonly kind: "unsatisfiable" };

/**
 * Reads a Range header for a body of so many bytes. Overlapping and adjacent parts are joined, so nobody makes us send
 * more than the whole; another unit than bytes and bad syntax are ignored (RFC 9110 §14.2).
 */
export function wantedRanges(
	header: string | undefined,
	length: number,
): Wanted {
	if (header === undefined || !/^bytes\s*=/i.test(header))
		return { kind: "whole" };
	if (header.split(",").length > MOST_RANGES) return { kind: "whole" };
	const found = parseRange(length, clampSuffixes(header, length), {
		combine: true,
	});
	if (found === -2) return { kind: "whole" };
	if (found === -1) return { kind: "unsatisfiable" };
	return { kind: "parts", parts: found };
}

/**
 * A suffix longer than the body means all of it (RFC 9110 §14.1.2); range-parser calls that unsatisfiable, so it is
 * shortened before.
 */
const clampSuffixes = (header: string, length: number): string =>
	header.replace(
		/([=,]\s*)-(\d+)/g,
		(_, before: string, count: string) =>
			`${before}-${Math.min(Number(count), length)}`,
	);
