import { createHash, timingSafeEqual } from "node:crypto";
import type {
	IncomingMessage,
	RequestListener,
	ServerResponse,
} from "node:http";

export interface PlainOptions {
	/** Prometheus's text of what this process measures; without it, it measures nothing. */
	readonly metrics?: (() => Promise<string>) | undefined;
	/** Who scrapes must bring one of these as `Authorization: Bearer …`; none: whoever reaches the port may. */
	readonly tokens: readonly string[];
	/** Whether the port is ending. */
	readonly ending: () => boolean;
}

/** Media type of Prometheus's text. */
const PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8";

/**
 * What an operator's port answers over HTTP/1.1: `/metrics` to scrapers, `/healthz` to people and balancers. Connections
 * are not kept: one scrape in many seconds is all there is.
 */
export function plainAnswers(options: PlainOptions): RequestListener {
	const mayScrape = bearerCheck(options.tokens);
	return (request, response) => {
		response.setHeader("connection", "close");
		const path = (request.url ?? "").split("?")[0];
		if (request.method !== "GET" && request.method !== "HEAD")
			return say(response.setHeader("allow", "GET, HEAD"), 405, "only GET");
		if (path === "/healthz")
			return options.ending()
				? say(response, 503, "NOT_SERVING")
				: say(response, 200, "SERVING");
		if (path !== "/metrics")
			return say(
				response,
				404,
				"here are /metrics and /healthz; everything else is gRPC, which describes itself (grpcurl list)",
			);
		if (!mayScrape(request))
			return say(
				response.setHeader("www-authenticate", 'Bearer realm="polytope"'),
				401,
				"metrics need `Authorization: Bearer` with services.scrape_token, or services.token",
			);
		void showMetrics(options, response);
	};
}

async function showMetrics(
	{ metrics }: PlainOptions,
	response: ServerResponse,
): Promise<void> {
	if (metrics === undefined)
		return say(response, 503, "this process measures nothing");
	try {
		say(response, 200, await metrics(), PROMETHEUS);
	} catch (reason) {
		// Prometheus shows it to whoever looks why there is nothing.
		const why = reason instanceof Error ? reason.message : String(reason);
		say(response, 500, `the metrics could not be read: ${why}`);
	}
}

function say(
	response: ServerResponse,
	status: number,
	text: string,
	type = "text/plain; charset=utf-8",
): void {
	const body = text.endsWith("\n") ? text : `${text}\n`;
	response.writeHead(status, {
		"content-type": type,
		"content-length": Buffer.byteLength(body),
		"cache-control": "no-store",
	});
	response.end(response.req.method === "HEAD" ? undefined : body);
}

/** Compares digests: equal lengths, so that it takes the same time for all. */
function bearerCheck(
	tokens: readonly string[],
): (request: IncomingMessage) => boolean {
	const digest = (text: string): Buffer =>
		createHash("sha256").update(text).digest();
	const wanted = tokens.map(digest);
	return ({ headers }) => {
		if (wanted.length === 0) return true;
		const [, given = ""] =
			/^Bearer +(\S+)$/i.exec(headers.authorization ?? "") ?? [];
		const has = digest(given);
		return wanted.some((one) => timingSafeEqual(one, has));
	};
}
