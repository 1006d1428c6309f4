import {
	type ClientHttp2Session,
	type ClientHttp2Stream,
	type ClientSessionRequestOptions,
	connect,
	type OutgoingHttpHeaders,
} from "node:http2";
import type { Socket } from "node:net";
import { WIDE, widen } from "./window.ts";

/** How a session that has calls is kept alive, in milliseconds. */
export interface KeepAlive {
	/** How long it may be silent before it is asked. */
	readonly askMs: number;
	/** How long it may then take to answer. */
	readonly answerMs: number;
}

/** One HTTP/2 session. It ends by itself: when it is idle for long, when its peer falls silent or takes no more calls. */
export interface Session {
	/** Whether it takes calls, as far as is known. */
	usable(): boolean;
	/** Whether the peer was heard of lately. */
	fresh(): boolean;
	/** Asks the peer whether it is there. */
	answers(): Promise<boolean>;
	/** @throws Error when it takes no calls any more */
	request(
		headers: OutgoingHttpHeaders,
		options: ClientSessionRequestOptions,
	): ClientHttp2Stream;
	/** Something was read from one of its streams. */
	heard(stream: ClientHttp2Stream): void;
	/** Ends it with all its calls. */
	destroy(reason: Error): void;
	readonly closed: Promise<void>;
}

const IDLE_MS = 60_000;

/** @param socket connected already: what can go wrong before was the dialler's to tell */
export function openSession(
	authority: string,
	socket: Socket,
	keepAlive: KeepAlive,
): Session {
	const session = connect(authority, {
		...WIDE,
		createConnection: () => socket,
	});
	session.once("connect", widen);
	const { promise: closed, resolve } = Promise.withResolvers<void>();
	let heardAt = performance.now();
	let usedAt = heardAt;
	let streams = 0;
	let leaving = false;
	const asker = openAsker(session, keepAlive.answerMs, () => {
		heardAt = performance.now();
	});

	const look = (): void => {
		const now = performance.now();
		if (streams > 0 && now - heardAt > keepAlive.askMs) void asker();
		if (streams === 0 && now - usedAt > IDLE_MS) session.close();
	};
	const looking = setInterval(look, keepAlive.askMs / 2).unref();
	const hear = (): void => {
		heardAt = performance.now();
	};
	const track = (stream: ClientHttp2Stream): void => {
		streams += 1;
		session.ref();
		stream.once("response", hear);
		stream.once("close", () => {
			streams -= 1;
			usedAt = performance.now();
			if (streams > 0) return;
			session.unref();
			if (leaving) session.close();
		});
	};

	// Stays for as long as it lives: those who call hear of it from their streams, and without it the process would end.
	session.on("error", () => undefined);
	session.on("goaway", () => {
		leaving = true;
		if (streams === 0) session.destroy();
	});
	session.once("close", () => {
		clearInterval(looking);
		resolve();
	});
	// Whoever has no calls may end.
	session.unref();
	return {
		closed,
		usable: () => !leaving && !session.closed && !session.destroyed,
		fresh: () => performance.now() - heardAt <= keepAlive.askMs,
		answers: asker,
		request(headers, options) {
			const stream = session.request(headers, options);
			track(stream);
			return stream;
		},
		heard(stream) {
			if (stream.session === session) hear();
		},
		destroy: (reason) => session.destroy(reason),
	};
}

/** Asks the peer for a sign of life, for all who want to know at the same time; without one in time the session ends. */
function openAsker(
	session: ClientHttp2Session,
	answerMs: number,
	onAnswer: () => void,
): () => Promise<boolean> {
	let asking: Promise<boolean> | undefined;
	const ask = (): Promise<boolean> =>
		new Promise((resolve) => {
			if (session.destroyed) return resolve(false);
			const late = setTimeout(() => session.destroy(silence()), answerMs);
			const done = (there: boolean): void => {
				clearTimeout(late);
				session.off("close", gone);
				resolve(there);
			};
			const gone = (): void => done(false);
			session.once("close", gone);
			session.ping((reason) => {
				if (reason !== null) return;
				onAnswer();
				done(true);
			});
		});
	return () => {
		asking ??= ask().finally(() => {
			asking = undefined;
		});
		return asking;
	};
}

/** The code tells those whose calls are under way that the connection is lost. */
const silence = (): Error =>
	Object.assign(new Error("the peer fell silent"), { code: "ETIMEDOUT" });
