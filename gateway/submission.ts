import type { IncomingMessage } from "node:http";
import { z } from "zod";
import { Problem } from "./problem.ts";

/** What a client posts, as it is described to people; `readSubmission` holds it, in v1's words. */
export const submissionSchema = z.object({
	verb: z.enum(["retrieve", "archive"]),
	request: z
		.union([z.string(), z.number(), z.record(z.string(), z.unknown())])
		.describe("The request document: an object, or YAML text."),
	url: z
		.string()
		.optional()
		.describe(
			"archive: where the data is fetched from; empty or left out: it is uploaded.",
		),
});

/** A submission whose form is right; what the request says is another matter. */
export interface Submission {
	readonly verb: "retrieve" | "archive";
	readonly request: unknown;
	/** archive: where the data is fetched from; empty: it is uploaded, or the verb is another. */
	readonly url: string;
}

/**
 * Reads the body of a submission. The order of the checks and their words are v1's.
 *
 * @throws Problem 400
 */
export function readSubmission(body: unknown): Submission {
	const content = parseJson(Buffer.isBuffer(body) ? body : Buffer.alloc(0));
	if (
		typeof content !== "object" ||
		content === null ||
		!Object.hasOwn(content, "verb") ||
		!("verb" in content)
	)
		throw new Problem(
			400,
			"HTTP request content is missing 'verb' (e.g. retrieve)",
		);
	if (!Object.hasOwn(content, "request") || !("request" in content))
		throw new Problem(400, "HTTP request content is missing 'request'");
	const { verb, request } = content;
	if (verb !== "retrieve" && verb !== "archive")
		throw new Problem(400, `Transfer type ${shown(verb)} not supported`);
	return { verb, request, url: verb === "archive" ? urlIn(content) : "" };
}

function urlIn(content: object): string {
	const url = "url" in content ? (content.url ?? "") : "";
	if (typeof url === "string") return url.trim();
	throw new Problem(400, "'url' must be text");
}

const UTF8 = new TextDecoder("utf-8", { fatal: true });

function parseJson(body: Buffer): unknown {
	if (body.length === 0)
		throw new Problem(
			400,
			"The body is empty; expected a JSON object with 'verb' and 'request'",
		);
	try {
		return JSON.parse(UTF8.decode(body));
	} catch (reason) {
		if (reason instanceof SyntaxError)
			throw new Problem(400, `The body is not valid JSON: ${reason.message}`);
		if (reason instanceof TypeError)
			throw new Problem(400, "The body is not valid UTF-8");
		if (reason instanceof RangeError)
			throw new Problem(400, "The body is nested too deeply");
		throw reason;
	}
}

const shown = (value: unknown): string =>
	typeof value === "string" ? value.slice(0, 100) : typeof value;

/** How a request document is kept: text as it came, anything else as JSON text. */
export function postedForm(request: unknown): {
	readonly posted: string;
	readonly postedJson: boolean;
} {
	if (typeof request === "string")
		return { posted: request, postedJson: false };
	return { posted: JSON.stringify(request), postedJson: true };
}

/**
 * Refuses whole numbers that JavaScript cannot hold: they would be served as other numbers than were asked for.
 *
 * @param value nested no deeper than `parseDocument` allows
 * @throws Problem 400
 */
export function refuseRoundedNumbers(value: unknown): void {
	if (
		typeof value === "number" &&
		Number.isInteger(value) &&
		!Number.isSafeInteger(value)
	)
		throw new Problem(
			400,
			`The number ${value} is too large to be exact; write it as text`,
		);
	if (typeof value === "object" && value !== null)
		for (const item of Object.values(value)) refuseRoundedNumbers(item);
}

/** v1 takes `application/json` and `application/*+json`, whatever their parameters. */
export function checkJsonType(request: IncomingMessage): void {
	const type = request.headers["content-type"] ?? "";
	if (!/^\s*application\/(?:[\w.+-]+\+)?json\s*(?:;|$)/i.test(type))
		throw new Problem(400, "Request must be JSON");
}

/**
 * The `Idempotency-Key` header; empty when there is none. A client that lost the 202 sends the same again.
 *
 * @throws Problem 400
 */
export function idempotencyKey(request: IncomingMessage): string {
	const value = request.headers["idempotency-key"];
	if (value === undefined) return "";
	if (
		typeof value !== "string" ||
		!/^[\x21-\x7e][\x20-\x7e]{0,254}$/.test(value)
	)
		throw new Problem(
			400,
			"'Idempotency-Key' must be 1 to 255 printable ASCII characters",
		);
	return value;
}

/** The W3C trace context of the caller; empty when there is none that can be read. */
export function clientTraceparent(request: IncomingMessage): string {
	const { traceparent } = request.headers;
	return typeof traceparent === "string" &&
		/^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/.test(
			traceparent,
		)
		? traceparent
		: "";
}
