import type { ClientHttp2Session, ServerHttp2Session } from "node:http2";

/**
 * Bytes that may be on their way in one stream, to whoever reads slower than they come: by default 64 KiB, which a
 * round trip of 1 ms keeps below 64 MiB/s.
 */
const STREAM = 2 ** 20;
/** The same for all streams of a connection together; Node gives this back as soon as bytes arrive. */
const CONNECTION = 8 * 2 ** 20;

/** What a session tells its peer when it begins. */
export const WIDE = { settings: { initialWindowSize: STREAM } } as const;

/** Lets the peer of a connected session send that much. */
export function widen(session: ServerHttp2Session | ClientHttp2Session): void {
	session.setLocalWindowSize(CONNECTION);
}
