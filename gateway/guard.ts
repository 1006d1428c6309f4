import type { IncomingMessage } from "node:http";
import { isHost } from "./origin.ts";
import { Problem } from "./problem.ts";

/** Headers of which two would let two readers of one request disagree. */
const ONCE = new Set([
	"host",
	"authorization",
	"content-type",
	"content-length",
	"transfer-encoding",
	"idempotency-key",
]);

/** What is wrong with a request before it is even routed; undefined when nothing is. */
export function checkRequest(
	request: IncomingMessage,
	longestUrl: number,
): Problem | undefined {
	if ((request.url?.length ?? 0) > longestUrl)
		return new Problem(414, `The URL is longer than ${longestUrl} characters`);
	if (request.httpVersion !== "1.1" && request.httpVersion !== "1.0")
		return new Problem(400, "This server speaks HTTP/1.1");
	const { host } = request.headers;
	if (host === undefined ? request.httpVersion !== "1.0" : !isHost(host))
		return new Problem(400, "The Host header is missing or not a host name");
	const twice = doubled(request);
	if (twice !== undefined)
		return new Problem(400, `The header '${twice}' was sent more than once`);
	return undefined;
}

function doubled({ rawHeaders, headers }: IncomingMessage): string | undefined {
	if (rawHeaders.length === 2 * Object.keys(headers).length) return undefined;
	const seen = new Set<string>();
	for (let at = 0; at < rawHeaders.length; at += 2) {
		const name = rawHeaders[at]?.toLowerCase() ?? "";
		if (seen.has(name) && ONCE.has(name)) return name;
		seen.add(name);
	}
	return undefined;
}
