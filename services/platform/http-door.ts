import {
	createServer,
	type IncomingMessage,
	type Server,
	type ServerResponse,
} from "node:http";
import type { AddressInfo } from "node:net";
import type { Config } from "./config/schema.ts";
import { measureHttp } from "./telemetry/http.ts";

/** How long an ending door lets answers go on, in milliseconds. */
const FAREWELL_MS = 5_000;

/** An HTTP port of a role, where no gateway serves it. Disposing lets answers end, for 5 s. */
export interface HttpDoor extends AsyncDisposable {
	readonly url: string;
}

export interface HttpDoorOptions {
	/** By what requests are counted; few. */
	readonly routeOf: (target: string) => string;
	/** Answers; total. */
	readonly answer: (request: IncomingMessage, response: ServerResponse) => void;
}

/** Serves HTTP at the address of `http` within its limits; several processes of one host may share a port. */
export async function openHttpDoor(
	{ host, port, limits }: Config["http"],
	{ routeOf, answer }: HttpDoorOptions,
): Promise<HttpDoor> {
	const server = createServer({
		keepAliveTimeout: limits.keep_alive_timeout,
		headersTimeout: limits.header_timeout,
		requestTimeout: limits.request_timeout,
		maxHeaderSize: limits.headers,
	});
	const measuring = measureHttp();
	server.on("request", (req, res) => {
		measuring.begin(req.method ?? "", res, () => routeOf(req.url ?? "/"));
		if (!server.listening) res.setHeader("connection", "close");
		answer(req, res);
	});
	await listen(server, host, port);
	return {
		url: urlOf(server),
		async [Symbol.asyncDispose]() {
			const closed = new Promise((resolve) => server.close(resolve));
			const late = setTimeout(() => server.closeAllConnections(), FAREWELL_MS);
			await closed;
			clearTimeout(late);
			measuring[Symbol.dispose]();
		},
	};
}

function listen(server: Server, host: string, port: number): Promise<void> {
	return new Promise((resolve, reject) => {
		server.once("error", reject);
		server.listen({ host, port, reusePort: port !== 0 }, () => resolve());
	});
}

function urlOf(server: Server): string {
	const address: AddressInfo | string | null = server.address();
	if (address === null || typeof address === "string")
		throw new Error("the door has no address");
	const { family, address: host, port } = address;
	return `http://${family === "IPv6" ? `[${host}]` : host}:${port}`;
}
