import { type ClientHttp2Stream, constants } from "node:http2";
import { Code, ConnectError } from "@connectrpc/connect";
import type { Http2SessionManager } from "@connectrpc/connect-node";
import type { Address } from "./addresses.ts";
import { CONNECT_MS, dial, silent } from "./dial.ts";
import { type KeepAlive, openSession, type Session } from "./session.ts";
import type { Tls } from "./tls.ts";

const KEEP_ALIVE: KeepAlive = { askMs: 5_000, answerMs: 3_000 };
const READY = Promise.resolve(undefined);
/** How often a call is put on a session that ends at that moment. */
const TRIES = 3;

type ForTransport = Pick<
	Http2SessionManager,
	"authority" | "request" | "notifyResponseByteRead"
>;

/**
 * The HTTP/2 connection to one address: opened when needed, again when it was lost, and given up when it falls silent.
 * Connect's own manager is not used: when several calls find a dead connection at once it may begin two and listen to
 * one; a refusal of the other then ends the process.
 */
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
	const authority = new URL(url).origin;
	/** The one that takes new calls; others may have calls still. */
	let current: Session | undefined;
	const sessions = new Set<Session>();
	let opening: Promise<unknown> | undefined;
	let aborted = false;

	const begin = async (): Promise<void> => {
		const socket = await dial(url, name, tls);
		if (aborted) {
			socket.destroy();
			throw gone();
		}
		const session = openSession(authority, socket, keepAlive);
		sessions.add(session);
		void session.closed.then(() => sessions.delete(session));
		current = session;
	};
	const reopen = async (): Promise<unknown> => {
		try {
			// One that takes no calls any more still answers those that it has.
			if (current?.usable()) {
				if (current.fresh() || (await inTime(current.answers())))
					return undefined;
				current.destroy(silent(url));
			}
			await begin();
			return undefined;
		} catch (reason) {
			return reason;
		}
	};
	const open = (): Promise<unknown> => {
		if (current?.usable() && current.fresh()) return READY;
		opening ??= reopen().finally(() => {
			opening = undefined;
		});
		return opening;
	};
	return {
		authority,
		open,
		async request(method, path, headers, options) {
			const all = { ...headers, ":method": method, ":path": path };
			for (let time = 1; ; time += 1) {
				const reason = await open();
				if (reason !== undefined) throw reason;
				try {
					if (current === undefined) throw gone();
					const stream = current.request(all, options);
					failUnanswered(stream);
					return stream;
				} catch (error) {
					if (current?.usable() || time === TRIES) throw error;
				}
			}
		},
		notifyResponseByteRead(stream) {
			for (const session of sessions) session.heard(stream);
		},
		abort() {
			aborted = true;
			for (const session of sessions) session.destroy(gone());
		},
	};
}

/** False when it takes longer than a connection may take. */
async function inTime(answer: Promise<boolean>): Promise<boolean> {
	const { promise: late, resolve } = Promise.withResolvers<boolean>();
	const timer = setTimeout(() => resolve(false), CONNECT_MS);
	try {
		return await Promise.race([answer, late]);
	} finally {
		clearTimeout(timer);
	}
}

const gone = (): ConnectError =>
	new ConnectError("connection aborted", Code.Canceled);

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
