import { Code, ConnectError } from "@connectrpc/connect";
import { faultOf } from "../services/platform/faults.ts";

/**
 * A "no" to the caller. Its body is `{"message": text}` and nothing else: polytope-client prints every value of the
 * object and fails on one that is not a string.
 */
export class Problem extends Error {
	readonly status: number;
	readonly headers: Readonly<Record<string, string>>;

	constructor(
		status: number,
		message: string,
		headers: Readonly<Record<string, string>> = {},
	) {
		super(message);
		this.name = "Problem";
		this.status = status;
		this.headers = headers;
	}
}

/** Where identity names no schemes of its own. */
const CHALLENGE =
	'Bearer realm="polytope", EmailKey realm="polytope", Basic realm="polytope"';
const AGAIN = { "retry-after": "5" };

/** The words of v1 and of its documents, which users look for: to the letter, so the quote is not closed. */
const NO_CREDENTIALS =
	"Could not read authorization header, expected 'Authorization: <type> <credentials>";

/** The answer to whatever a handler threw; undefined for a bug, of which the caller is told nothing. */
export function problemOf(
	reason: unknown,
	rejectStatus: number,
): Problem | undefined {
	if (reason instanceof Problem) return reason;
	const known = faultOf(reason);
	if (known === undefined) {
		return isLate(reason)
			? new Problem(503, "The service is busy, please try again", AGAIN)
			: ofFramework(reason);
	}
	if (known.name === "UNAUTHENTICATED")
		return unauthenticated(known.message, challengeOf(reason));
	const status = known.name === "FULL" ? rejectStatus : known.http;
	return new Problem(status, known.message, known.retry ? AGAIN : {});
}

/** polytope-client dies on a 401 that says "expired", before it shows the text. */
export const unauthenticated = (
	message: string,
	challenge: string = CHALLENGE,
): Problem =>
	new Problem(
		401,
		(message || NO_CREDENTIALS).replace(/\bexpired\b/gi, "no longer valid"),
		{ "www-authenticate": challenge },
	);

/** The schemes that identity would have taken travel beside its refusal. */
const challengeOf = (reason: unknown): string | undefined =>
	reason instanceof ConnectError
		? (reason.metadata.get("www-authenticate") ?? undefined)
		: undefined;

const isLate = (reason: unknown): boolean =>
	reason instanceof ConnectError &&
	(reason.code === Code.DeadlineExceeded || reason.code === Code.Canceled);

/** Fastify's own refusals: an unreadable URL or body. Only 4xx; anything else is a bug of ours. */
function ofFramework(reason: unknown): Problem | undefined {
	if (!(reason instanceof Error) || !("statusCode" in reason)) return undefined;
	const { statusCode } = reason;
	if (
		typeof statusCode !== "number" ||
		!Number.isInteger(statusCode) ||
		statusCode < 400 ||
		statusCode > 499
	)
		return undefined;
	return new Problem(statusCode, reason.message);
}
