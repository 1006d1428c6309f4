import { type ClientHttp2Stream, constants } from "node:http2";
import { Code, ConnectError } from "@connectrpc/connect";
import { Http2SessionManager } from "@connectrpc/connect-node";
import type { Address } from "./addresses.ts";
import type { Tls } from "./tls.ts";

/** How a connection that has calls is kept alive, in milliseconds. */
export interface KeepAlive {
	/** How long it may be silent before it is asked. */
	readonly askMs: number;
	/** How long it may then take to answer. */
	readonly answerMs: number;
}

const KEEP_ALIVE: KeepAlive = { askMs: 5_000, answerMs: 3_000 };
/** Milliseconds after which an address that does not even refuse counts as away. */
const CONNECT_MS = 2_000;
const IDLE_MS = 60_000;

type ForTransport = Pick<
	Http2SessionManager,
	"authority" | "request" | "notifyResponseByteRead"
>;

/** The HTTP/2 connection to one address: opened when needed, again when it was lost, and given up when it falls silent. */
export interface Connection extends ForTransport {
	/** Resolves when calls can be made; undefined, or why not. */
	open(): Promise<unknown>;
	/** Ends it with all its calls. */
	abort(): void;
}

export interface ConnectionOptions {
	readonly tls?: Tls | undefined;
	readonly keepAlive?: KeepAlive | undefined;
}

export function openConnection(
	{ url, name }: Address,
	{ tls, keepAlive = KEEP_ALIVE }: ConnectionOptions,
): Connection {
	const manager = new Http2SessionManager(
		url,
		{
			pingIntervalMs: keepAlive.askMs,
			pingTimeoutMs: keepAlive.answerMs,
			idleConnectionTimeoutMs: IDLE_MS,
		},
		{ ...tls, ...(name !== undefined && { servername: name }) },
	);
	const guarded = new WeakSet<object>();
	return {
		authority: manager.authority,
		async open() {
			const state = manager.state();
			if (state === "open" || state === "idle") return undefined;
			const tooSlow = setTimeout(() => manager.abort(silent(url)), CONNECT_MS);
			tooSlow.unref();
			const reached = await manager.connect();
			clearTimeout(tooSlow);
			return reached === "error" ? (manager.error() ?? silent(url)) : undefined;
		},
		async request(...call) {
			const stream = await manager.request(...call);
			const { session } = stream;
			// The manager stops listening to a session that it has given up; one that then fails would end the process.
			if (session !== undefined && !guarded.has(session)) {
				guarded.add(session);
				session.on("error", () => undefined);
			}
			failUnanswered(stream);
			return stream;
		},
		notifyResponseByteRead: (stream) => manager.notifyResponseByteRead(stream),
		abort: () => manager.abort(),
	};
}

/** A stream that ends in good order without an answer would leave its caller waiting until the deadline. */
function failUnanswered(stream: ClientHttp2Stream): void {
	let answered = false;
	stream.once("response", () => {
		answered = true;
	});
	stream.once("close", () => {
		if (!answered && stream.rstCode === constants.NGHTTP2_NO_ERROR)
			stream.emit("error", new ConnectError("no answer", Code.Unavailable));
	});
}

/** The code tells those whose calls are under way on the connection that it is lost. */
const silent = (url: string): Error =>
	Object.assign(
		new Error(`${url} took no connection within ${CONNECT_MS} ms`),
		{ code: "ETIMEDOUT" },
	);
