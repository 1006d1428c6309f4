import {
	createServer,
	type Http2Server,
	type ServerHttp2Session,
} from "node:http2";
import type { AddressInfo } from "node:net";
import type { ConnectRouter } from "@connectrpc/connect";
import { connectNodeAdapter } from "@connectrpc/connect-node";
import { fault } from "../faults.ts";
import { hideBugs } from "./bugs.ts";
import { healthRoutes } from "./health.ts";
import { reflectionRoutes } from "./reflection.ts";

/** How long an ending port lets calls finish that were told to stop, in milliseconds. */
const FAREWELL_MS = 500;

/** A gRPC port of this process; disposing says NOT_SERVING, tells all calls to stop, ends sessions and frees the port. */
export interface Served extends AsyncDisposable {
	readonly url: string;
}

/**
 * Serves routes over gRPC (HTTP/2, clear text) on a loopback port; port 0 picks a free one. Every port also reports its
 * health and describes its contracts, so that standard tools need no more than its address.
 */
export async function serveRpc(
	routes: (router: ConnectRouter) => void,
	port = 0,
	host = "127.0.0.1",
): Promise<Served> {
	const ending = new AbortController();
	const server = createServer(
		connectNodeAdapter({
			routes(router) {
				routes(router);
				healthRoutes(ending.signal)(router);
				reflectionRoutes(router);
			},
			interceptors: [hideBugs],
			shutdownSignal: ending.signal,
		}),
	);
	const sessions = new Set<ServerHttp2Session>();
	server.on("connection", (socket) => socket.setNoDelay(true));
	server.on("session", (session) => {
		sessions.add(session);
		session.once("close", () => sessions.delete(session));
	});
	await listen(server, port, host);
	return {
		url: `http://${host}:${portOf(server)}`,
		async [Symbol.asyncDispose]() {
			const closed = new Promise((resolve) => server.close(resolve));
			ending.abort(fault("UNAVAILABLE", "This port is ending"));
			for (const session of sessions) session.close();
			const late = setTimeout(() => {
				for (const session of sessions) session.destroy();
			}, FAREWELL_MS);
			await closed;
			clearTimeout(late);
		},
	};
}

function listen(
	server: Http2Server,
	port: number,
	host: string,
): Promise<void> {
	return new Promise((resolve, reject) => {
		server.once("error", reject);
		server.listen(port, host, () => resolve());
	});
}

function portOf(server: Http2Server): number {
	const address: AddressInfo | string | null = server.address();
	if (address === null || typeof address === "string")
		throw new Error("the RPC server has no port");
	return address.port;
}
