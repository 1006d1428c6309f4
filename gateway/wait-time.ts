import type { IncomingMessage } from "node:http";
import { Problem } from "./problem.ts";

/** How long a poll may be held open, and whether a `Prefer` header asked for it. */
export interface WaitTime {
	/** Milliseconds; 0: answer at once. */
	readonly ms: number;
	/** For the `Preference-Applied` header. */
	readonly preferred: boolean;
}

const NONE: WaitTime = { ms: 0, preferred: false };

/**
 * Reads `?wait=seconds` or `Prefer: wait=seconds` (RFC 7240). More than `most` (milliseconds) is cut to it. A
 * preference that cannot be read is ignored, as that RFC wants; a parameter that cannot be read is refused.
 */
export function waitTime(request: IncomingMessage, most: number): WaitTime {
	const mark = request.url?.indexOf("?") ?? -1;
	if (mark !== -1) {
		const asked = new URLSearchParams(request.url?.slice(mark)).getAll("wait");
		if (asked.length > 0)
			return { ms: Math.min(seconds(asked) * 1000, most), preferred: false };
	}
	const { prefer } = request.headers;
	if (prefer === undefined) return NONE;
	const text = Array.isArray(prefer) ? prefer.join(",") : prefer;
	const found = /(?:^|[,;])\s*wait\s*=\s*"?(\d{1,9})"?\s*(?:$|[,;])/i.exec(
		text,
	);
	if (found === null) return NONE;
	return { ms: Math.min(Number(found[1]) * 1000, most), preferred: true };
}

function seconds(asked: readonly string[]): number {
	const [text = ""] = asked;
	if (asked.length > 1 || !/^\d{1,9}(?:\.\d{1,9})?$/.test(text))
		throw new Problem(
			400,
			"'wait' must be given once, as a number of seconds from 0",
		);
	return Number(text);
}
