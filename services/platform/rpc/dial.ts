import { connect, isIP, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import type { Tls } from "./tls.ts";

/** Milliseconds after which an address that does not even refuse counts as away. */
export const CONNECT_MS = 2_000;

/**
 * Opens a socket for HTTP/2, encrypted or plain.
 *
 * @param name whose certificate it must be, when the address does not say
 * @throws Error of the system; ETIMEDOUT when nothing is said in time
 */
export function dial(
	url: string,
	name: string | undefined,
	tls: Tls | undefined,
): Promise<Socket> {
	const { hostname, port } = new URL(url);
	const host = hostname.replace(/^\[|\]$/g, "");
	const to = { host, port: Number(port || (tls ? 443 : 80)) };
	const { promise, resolve, reject } = Promise.withResolvers<Socket>();
	const servername = name ?? (isIP(host) ? undefined : host);
	const socket =
		tls === undefined
			? connect({ ...to, noDelay: true })
			: connectTls({
					...to,
					...tls,
					ALPNProtocols: ["h2"],
					...(servername && { servername }),
				}).setNoDelay(true);
	const tooLate = setTimeout(() => socket.destroy(silent(url)), CONNECT_MS);
	// Stays for as long as the socket lives: an error of a socket that nobody uses any more must not end the process.
	socket.on("error", reject);
	socket.once("close", () => clearTimeout(tooLate));
	socket.once(tls === undefined ? "connect" : "secureConnect", () => {
		clearTimeout(tooLate);
		resolve(socket);
	});
	return promise;
}

/** The code tells those whose calls are under way that the connection is lost. */
export const silent = (url: string): Error =>
	Object.assign(
		new Error(`${url} took no connection within ${CONNECT_MS} ms`),
		{ code: "ETIMEDOUT" },
	);
