import {
	createServer as createHttp,
	IncomingMessage,
	type RequestListener,
	ServerResponse,
} from "node:http";
import {
	createSecureServer,
	createServer,
	type Http2Server,
	type Http2ServerRequest,
	type Http2ServerResponse,
} from "node:http2";
import { createServer as createTcp, type Server, type Socket } from "node:net";
import type { Tls } from "./tls.ts";
import { WIDE, widen } from "./window.ts";

/** How what arrives at a port is answered. */
export interface Answers {
	/** Over HTTP/2: gRPC. */
	readonly rpc: (
		request: Http2ServerRequest,
		response: Http2ServerResponse,
	) => void;
	/** Over HTTP/1.1, what people and scrapers ask; one question a connection. */
	readonly plain: RequestListener;
}

/** One TCP port on which both are spoken. */
export interface Port {
	/** What listens, and ends listening. */
	readonly listener: Server;
	/** Tells of HTTP/2 sessions. */
	readonly http2: Http2Server;
}

/** What every HTTP/2 connection begins with (RFC 9113 §3.4); no method of HTTP/1.1 does. */
const PREFACE = Buffer.from("PRI ");
/** Who connects and then says nothing is let go, in milliseconds. */
const SILENCE_MS = 30_000;

/** With TLS the two sides agree on the protocol (ALPN); in clear text the first bytes tell. */
export function openPort({ rpc, plain }: Answers, tls?: Tls): Port {
	if (tls !== undefined) {
		const server = createSecureServer({
			...tls,
			...WIDE,
			requestCert: true,
			allowHTTP1: true,
		});
		server.on("session", widen);
		server.on("request", (request, response) =>
			request instanceof IncomingMessage && response instanceof ServerResponse
				? plain(request, response)
				: rpc(request, response),
		);
		return { listener: server, http2: server };
	}
	const http2 = createServer(WIDE, rpc);
	http2.on("session", widen);
	const http1 = createHttp(plain);
	const listener = createTcp((socket) => {
		const leave = (): void => void socket.destroy();
		socket.on("error", leave).setTimeout(SILENCE_MS, leave);
		hear(socket, (speaks2) => {
			// HTTP/2 keeps its connections alive by itself.
			if (speaks2) socket.setTimeout(0, leave);
			(speaks2 ? http2 : http1).emit("connection", socket);
		});
	});
	return { listener, http2 };
}

/** Reads just enough to know whether HTTP/2 is spoken, and puts it back. */
function hear(socket: Socket, tell: (speaks2: boolean) => void): void {
	let head = Buffer.alloc(0);
	const look = (): void => {
		const bytes: unknown = socket.read();
		if (!Buffer.isBuffer(bytes)) return;
		head = Buffer.concat([head, bytes]);
		const length = Math.min(head.length, PREFACE.length);
		const fits = head.compare(PREFACE, 0, length, 0, length) === 0;
		if (fits && length < PREFACE.length) return;
		socket.off("readable", look);
		socket.unshift(head);
		tell(fits);
	};
	socket.on("readable", look);
}
