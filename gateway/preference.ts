/** Media type of the long answer to a poll. */
export const DETAIL = "application/vnd.polytope.detail+json";

/**
 * Whether an `Accept` header names a media type, and likes it at least as much as the JSON that is answered otherwise
 * (RFC 9110, 12.5.1). Wildcards never ask for it: today's clients send them.
 */
export function prefers(accept: string | undefined, type: string): boolean {
	if (accept === undefined || !accept.toLowerCase().includes(type))
		return false;
	const weights = new Map(accept.split(",").map(weighed));
	const wanted = weights.get(type) ?? 0;
	const other =
		weights.get("application/json") ??
		weights.get("application/*") ??
		weights.get("*/*") ??
		0;
	return wanted > 0 && wanted >= other;
}

/** A media type and its weight; parameters other than `q` are not looked at. */
function weighed(range: string): [type: string, q: number] {
	const [type = "", ...parameters] = range.toLowerCase().split(";");
	const q = parameters
		.map((one) => /^\s*q\s*=\s*([01](?:\.\d{0,3})?)\s*$/.exec(one)?.[1])
		.find((weight) => weight !== undefined);
	return [type.trim(), q === undefined ? 1 : Math.min(1, Number(q))];
}
