import { type IncomingMessage, ServerResponse, STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";
import { SECURITY } from "./headers.ts";

/**
 * The answers to what is no HTTP request at all, or never became a whole one. A late one is 400 and not 408, which
 * polytope-client takes as a reason to sleep for two minutes.
 */
const REASONS: Readonly<
	Record<string, readonly [status: number, message: string]>
> = {
	HPE_HEADER_OVERFLOW: [431, "The headers are too large"],
	HPE_CHUNK_EXTENSIONS_OVERFLOW: [413, "The chunk extensions are too large"],
	ERR_HTTP_REQUEST_TIMEOUT: [400, "The request took too long to arrive"],
	HPE_INVALID_EOF_STATE: [400, "The request ended before it was whole"],
};

/** Answers on the bare socket and ends it. */
export function answerClientError(
	error: Error & { readonly code?: string },
	socket: Duplex,
): void {
	if (error.code === "ECONNRESET" || !socket.writable || answering(socket)) {
		socket.destroy(error);
		return;
	}
	const [status, message] = REASONS[error.code ?? ""] ?? [
		400,
		"The request is not valid HTTP",
	];
	endWith(socket, status, message);
}

/** CONNECT: there is no proxy here. */
export function answerConnect(_request: IncomingMessage, socket: Duplex): void {
	endWith(socket, 405, "The method is not allowed for the requested URL.");
}

/** An `Expect` other than `100-continue`. */
export function answerExpectation(
	_request: IncomingMessage,
	response: ServerResponse,
): void {
	const body = JSON.stringify({
		message: "This server only knows 'Expect: 100-continue'",
	});
	const headers = {
		...SECURITY,
		"content-type": "application/json",
		"content-length": Buffer.byteLength(body),
	};
	response.writeHead(417, headers).end(body);
}

function endWith(socket: Duplex, status: number, message: string): void {
	const body = JSON.stringify({ message });
	const lines = [
		`HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
		"connection: close",
		"content-type: application/json",
		`content-length: ${Buffer.byteLength(body)}`,
		...Object.entries(SECURITY).map(([name, value]) => `${name}: ${value}`),
	];
	socket.end(`${lines.join("\r\n")}\r\n\r\n${body}`, () => socket.destroy());
}

/** Whether an answer has begun on this socket: more bytes would be taken for its body. */
const answering = (socket: Duplex): boolean =>
	"_httpMessage" in socket &&
	socket._httpMessage instanceof ServerResponse &&
	socket._httpMessage.headersSent;
