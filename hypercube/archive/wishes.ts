import { RequestError } from "../mars/errors.ts";
import { expandKey } from "../mars/expand.ts";
import { parseRange } from "../mars/range.ts";
import type { GribRequest, Span } from "./axes.ts";

/**
 * What a request that cuts out features wants of each key: lists are written out, and each of their values must be
 * there; `a/to/b` takes what there is between the two, `all` whatever there is. With `by` a range is a list.
 *
 * @throws RequestError naming every key that cannot be read
 */
export function wishesOf(
	request: Readonly<Record<string, string>>,
): GribRequest {
	const wishes: Record<string, readonly string[] | Span> = Object.create(null);
	const faults: string[] = [];
	for (const [key, text] of Object.entries(request)) {
		try {
			wishes[key] = wishOf(key, text);
		} catch (error) {
			if (!(error instanceof RequestError)) throw error;
			faults.push(...error.faults);
		}
	}
	if (faults.length > 0) throw new RequestError(faults);
	return wishes;
}

function wishOf(key: string, text: string): readonly string[] | Span {
	if (/^\s*all\s*$/i.test(text)) return {};
	const range = parseRange(key, text);
	if (range === undefined || range.by !== undefined)
		return expandKey(key, text);
	// Read for its faults: ends that are no values of the key.
	expandKey(key, range.from);
	expandKey(key, range.until);
	return { from: range.from, until: range.until };
}
