import type { ServerHttp2Session } from "node:http2";
import type { AddressInfo, Server, Socket } from "node:net";
import type { ConnectRouter } from "@connectrpc/connect";
import { connectNodeAdapter } from "@connectrpc/connect-node";
import { fault } from "../faults.ts";
import { traceServed } from "../telemetry/rpc.ts";
import { hideBugs } from "./bugs.ts";
import { endStreams } from "./ending.ts";
import { healthRoutes } from "./health.ts";
import { measureServed } from "./measure.ts";
import { plainAnswers } from "./plain.ts";
import { openPort } from "./port.ts";
import { reflectionRoutes } from "./reflection.ts";
import { tokenGate } from "./secret.ts";
import type { Tls } from "./tls.ts";

/** How long an ending port lets calls finish, in milliseconds. */
const FAREWELL_MS = 5_000;

export interface ServeOptions {
	/** 0 picks a free one. */
	readonly port?: number | undefined;
	readonly host?: string | undefined;
	/** What every call must bring; without it, calls are taken from anybody who reaches the port. */
	readonly token?: string | undefined;
	/** Certificates; those of callers are then checked as well. Without it, clear text. */
	readonly tls?: Tls | undefined;
	/** What this process measures, as Prometheus's text, for `GET /metrics`. */
	readonly metrics?: (() => Promise<string>) | undefined;
	/** Lets scrapers in, and nobody else, where `token` is set or this is. */
	readonly scrapeToken?: string | undefined;
}

/**
 * A gRPC port of this process. Disposing says NOT_SERVING, ends streams that would go on for ever, takes no new calls,
 * lets those that run finish for a while, and frees the port.
 */
export interface Served extends AsyncDisposable {
	readonly url: string;
}

/**
 * Serves routes over gRPC (HTTP/2), on loopback unless told otherwise. Every port also reports its health and describes
 * its contracts, so that standard tools need no more than its address; and over HTTP/1.1 it shows metrics to scrapers.
 */
export async function serveRpc(
	routes: (router: ConnectRouter) => void,
	options: ServeOptions = {},
): Promise<Served> {
	const { port = 0, host = "127.0.0.1", token, tls, scrapeToken } = options;
	const ending = new AbortController();
	const answer = connectNodeAdapter({
		routes(router) {
			routes(router);
			healthRoutes(ending.signal)(router);
			reflectionRoutes(router);
		},
		interceptors: [
			measureServed,
			traceServed,
			endStreams(ending.signal),
			hideBugs,
		],
		...(token !== undefined && { requestGate: tokenGate(token) }),
	});
	const plain = plainAnswers({
		metrics: options.metrics,
		tokens: [token, scrapeToken].filter((one) => one !== undefined),
		ending: () => ending.signal.aborted,
	});
	const { listener: server, http2 } = openPort({ rpc: answer, plain }, tls);
	const sessions = new Set<ServerHttp2Session>();
	const sockets = new Set<Socket>();
	server.on("connection", (socket) => keep(sockets, socket));
	http2.on("session", (session) => keep(sessions, session));
	await listen(server, port, host);
	return {
		url: `${tls ? "https" : "http"}://${hostText(host)}:${portOf(server)}`,
		async [Symbol.asyncDispose]() {
			const closed = new Promise((resolve) => server.close(resolve));
			ending.abort(fault("UNAVAILABLE", "This port is ending"));
			for (const session of sessions) session.close();
			// Not the sessions: their callers would not hear of it, and wait until their deadlines.
			const late = setTimeout(() => {
				for (const socket of sockets) socket.destroy();
			}, FAREWELL_MS);
			await closed;
			clearTimeout(late);
		},
	};
}

/** Holds what is open, as long as it is. */
function keep<T extends Socket | ServerHttp2Session>(
	all: Set<T>,
	one: T,
): void {
	all.add(one);
	one.once("close", () => all.delete(one));
}

const hostText = (host: string): string =>
	host.includes(":") ? `[${host}]` : host;

function listen(server: Server, port: number, host: string): Promise<void> {
	return new Promise((resolve, reject) => {
		server.once("error", reject);
		server.listen(port, host, () => resolve());
	});
}

function portOf(server: Server): number {
	const address: AddressInfo | string | null = server.address();
	if (address === null || typeof address === "string")
		throw new Error("the RPC server has no port");
	return address.port;
}
