import type { Piece } from "./wire.ts";

/** Bytes that are no HTTP request, or two readers of which could disagree. `half`: our side is closed after them. */
export interface BadBytes {
	readonly name: string;
	readonly pieces: readonly Piece[];
	readonly half?: boolean;
}

const H = "Host: a\r\nAuthorization: Bearer demo-key\r\n";
const POST = `POST /api/v1/requests/echo HTTP/1.1\r\n${H}Content-Type: application/json\r\nConnection: close\r\n`;
const BODY = '{"verb":"retrieve","request":"x"}';
const SMUGGLED = `GET /api/v1/user HTTP/1.1\r\n${H}\r\n`;

const bytes = (name: string, ...pieces: readonly Piece[]): BadBytes => ({
	name,
	pieces,
});
const cut = (name: string, ...pieces: readonly Piece[]): BadBytes => ({
	name,
	pieces,
	half: true,
});

export const BAD_BYTES: readonly BadBytes[] = [
	bytes("not HTTP", "hello\r\n\r\n"),
	bytes(
		"TLS",
		Buffer.from("16030100a5010000a10303", "hex"),
		Buffer.alloc(200, 1),
	),
	bytes("HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
	bytes("HTTP/9.9", `GET / HTTP/9.9\r\n${H}\r\n`),
	bytes("HTTP/0.9", "GET /\r\n\r\n"),
	bytes("no version", `GET /\r\n${H}\r\n`),
	bytes("an unknown method", `FETCH / HTTP/1.1\r\n${H}\r\n`),
	bytes("a method in small letters", `get / HTTP/1.1\r\n${H}\r\n`),
	bytes("NUL in the target", `GET /\u0000 HTTP/1.1\r\n${H}\r\n`),
	bytes("a blank in the target", `GET /a b HTTP/1.1\r\n${H}\r\n`),
	bytes("no Host", "GET /api/v1/test HTTP/1.1\r\nConnection: close\r\n\r\n"),
	bytes(
		"an empty Host",
		"GET /api/v1/test HTTP/1.1\r\nHost:\r\nConnection: close\r\n\r\n",
	),
	bytes(
		"two Hosts",
		`GET /api/v1/test HTTP/1.1\r\n${H}Host: b\r\nConnection: close\r\n\r\n`,
	),
	bytes(
		"two Authorizations",
		`GET /api/v1/user HTTP/1.1\r\n${H}Authorization: Bearer other-key\r\nConnection: close\r\n\r\n`,
	),
	bytes(
		"two Content-Types",
		`${POST}Content-Type: text/plain\r\nContent-Length: 0\r\n\r\n`,
	),
	bytes(
		"two Idempotency-Keys",
		`${POST}Idempotency-Key: a\r\nIdempotency-Key: b\r\nContent-Length: ${BODY.length}\r\n\r\n${BODY}`,
	),
	bytes("a blank before a colon", `GET / HTTP/1.1\r\nHost : a\r\n\r\n`),
	bytes("a header without a colon", `GET / HTTP/1.1\r\n${H}nonsense\r\n\r\n`),
	bytes("a header without a name", `GET / HTTP/1.1\r\n${H}: x\r\n\r\n`),
	bytes("a folded header", `GET / HTTP/1.1\r\n${H}X: a\r\n b\r\n : c\r\n\r\n`),
	bytes("NUL in a header", `GET / HTTP/1.1\r\n${H}X: a\u0000b\r\n\r\n`),
	bytes("a bare CR in a header", `GET / HTTP/1.1\r\n${H}X: a\rb\r\n\r\n`),
	bytes(
		"bare LFs in headers that smuggle",
		`GET / HTTP/1.1\nHost: a\n\nGET /`,
		0,
		"\r\n\r\n",
	),
	bytes(
		"too many header bytes",
		`GET / HTTP/1.1\r\n${H}X: ${"x".repeat(17_000)}\r\n\r\n`,
	),
	bytes(
		"too many headers",
		`GET / HTTP/1.1\r\n${H}${"X-A: b\r\n".repeat(3_000)}\r\n`,
	),
	bytes(
		"a header that never ends",
		`GET / HTTP/1.1\r\nX: ${"x".repeat(100_000)}`,
	),
	bytes("a target that never ends", `GET /${"x".repeat(100_000)}`),
	bytes(
		"Content-Length and chunked",
		`${POST}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${SMUGGLED}`,
	),
	bytes(
		"chunked and Content-Length",
		`${POST}Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n${SMUGGLED}`,
	),
	bytes(
		"two lengths",
		`${POST}Content-Length: ${BODY.length}\r\nContent-Length: 0\r\n\r\n${BODY}`,
	),
	bytes(
		"two equal lengths",
		`${POST}Content-Length: ${BODY.length}\r\nContent-Length: ${BODY.length}\r\n\r\n${BODY}`,
	),
	bytes("a list of lengths", `${POST}Content-Length: 5, 5\r\n\r\nhello`),
	bytes("a negative length", `${POST}Content-Length: -1\r\n\r\n`),
	bytes("a length with a sign", `${POST}Content-Length: +5\r\n\r\nhello`),
	bytes("a hexadecimal length", `${POST}Content-Length: 0x5\r\n\r\nhello`),
	bytes(
		"a length beyond all numbers",
		`${POST}Content-Length: 99999999999999999999999\r\n\r\n`,
	),
	bytes(
		"a length that is no number",
		`${POST}Content-Length: five\r\n\r\nhello`,
	),
	bytes(
		"chunked twice",
		`${POST}Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n`,
	),
	bytes(
		"an encoding after chunked",
		`${POST}Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n`,
	),
	bytes(
		"an unknown encoding",
		`${POST}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n`,
	),
	bytes(
		"chunked with a tab",
		`${POST}Transfer-Encoding:\u000bchunked\r\n\r\n0\r\n\r\n`,
	),
	bytes(
		"a chunk of no number",
		`${POST}Transfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n0\r\n\r\n`,
	),
	bytes(
		"a chunk of a negative number",
		`${POST}Transfer-Encoding: chunked\r\n\r\n-5\r\nhello\r\n0\r\n\r\n`,
	),
	bytes(
		"a chunk longer than it says",
		`${POST}Transfer-Encoding: chunked\r\n\r\n2\r\nhello\r\n0\r\n\r\n`,
	),
	bytes(
		"a chunk beyond all numbers",
		`${POST}Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\nhello`,
	),
	bytes(
		"chunk extensions without end",
		`${POST}Transfer-Encoding: chunked\r\n\r\n1;${"x".repeat(40_000)}\r\nx\r\n0\r\n\r\n`,
	),
	bytes(
		"a trailer that is no header",
		`${POST}Transfer-Encoding: chunked\r\n\r\n0\r\nbad trailer\r\n\r\n`,
	),
	bytes("CONNECT", `CONNECT example.org:443 HTTP/1.1\r\n${H}\r\n`),
	bytes(
		"an absolute form of another scheme",
		`GET ftp://a/api/v1/test HTTP/1.1\r\n${H}Connection: close\r\n\r\n`,
	),
	cut("headers that are cut", `GET /api/v1/test HTTP/1.1\r\n${H}`),
	cut("a body that is cut", `${POST}Content-Length: 100\r\n\r\n{"verb"`),
	cut(
		"a chunk that is cut",
		`${POST}Transfer-Encoding: chunked\r\n\r\n10\r\n{"verb"`,
	),
	bytes("headers that stop", `GET /api/v1/test HTTP/1.1\r\n${H}X: `),
	bytes(
		"headers that drip",
		"GET /api",
		400,
		"/v1",
		400,
		"/test",
		400,
		" HT",
		400,
		"TP/1.",
		400,
		"1\r\nHo",
	),
	bytes("a body that stops", `${POST}Content-Length: 100\r\n\r\n{"verb"`),
	bytes(
		"a body that drips",
		`${POST}Content-Length: 100\r\n\r\n`,
		500,
		"{",
		500,
		'"',
		500,
		"v",
		500,
		"e",
		500,
		"r",
	),
];
