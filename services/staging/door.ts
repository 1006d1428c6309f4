import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Config } from "../platform/config/schema.ts";
import type { Download } from "../platform/role.ts";
import { measureHttp } from "../platform/telemetry/http.ts";

const PREFIX = "/api/v1/downloads/";
/** As the gateway calls it. */
const ROUTE = `${PREFIX}*`;
/** How long an ending door lets downloads go on, in milliseconds; a client resumes what is cut. */
const FAREWELL_MS = 5_000;

/** Staging's own HTTP door, where no gateway runs in its process. */
export interface StagingDoor extends AsyncDisposable {
	readonly url: string;
}

/** Serves downloads, and nothing else, at the address of `http`; several processes of one host may share a port. */
export async function openDoor(
	{ host, port, limits }: Config["http"],
	download: Download,
): Promise<StagingDoor> {
	const server = createServer({
		keepAliveTimeout: limits.keep_alive_timeout,
		headersTimeout: limits.header_timeout,
		requestTimeout: limits.request_timeout,
		maxHeaderSize: limits.headers,
	});
	const measuring = measureHttp();
	server.on("request", (req, res) => {
		const path = URL.parse(req.url ?? "", "http://staging")?.pathname ?? "";
		if (server.listening === false) res.setHeader("connection", "close");
		const name = path.startsWith(PREFIX) ? path.slice(PREFIX.length) : "";
		const route = name === "" ? "unknown" : ROUTE;
		measuring.begin(req.method ?? "", res, () => route);
		void download(req, res, name);
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
