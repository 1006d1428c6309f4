import {
	createServer,
	type IncomingMessage,
	type Server,
	type ServerResponse,
} from "node:http";
import type { AddressInfo } from "node:net";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Client } from "@connectrpc/connect";
import type { IdentityService } from "../../../gen/polytope/identity/v1/identity_pb.js";
import type { Config } from "../../platform/config/schema.ts";
import type { Log } from "../../platform/log.ts";
import { measureHttp } from "../../platform/telemetry/http.ts";
import type { TelemetryDoor } from "../../platform/telemetry-door.ts";
import { PREFIX } from "./describe.ts";

/** How long an ending door lets answers go on, in milliseconds. */
const FAREWELL_MS = 5_000;

interface DoorOptions {
	readonly http: Config["http"];
	readonly telemetry: TelemetryDoor;
	readonly identity: Client<typeof IdentityService>;
	/** Answers OTLP; false: the path is none of its. */
	readonly otlp: (
		req: IncomingMessage,
		res: ServerResponse,
	) => Promise<boolean>;
	readonly log: Log;
	readonly version: string;
}

/** An HTTP door of the role's own, where no gateway runs in its process; several processes of one host may share a port. */
export async function openDoor(
	options: DoorOptions,
): Promise<AsyncDisposable & { readonly url: string }> {
	const { host, port, limits } = options.http;
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
		answer(options, req, res).catch((reason) => {
			if (!res.destroyed)
				options.log.error(
					{ event: "http.bug", err: reason, path: req.url },
					"a request met a bug",
				);
			if (res.headersSent) res.destroy();
			else sendJson(res, 500, { detail: "Internal Server Error" });
		});
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

const ROUTES = ["/telemetry/v1/", "/v1/traces", "/v1/metrics", "/openapi.json"];

/** By which requests are counted. */
function routeOf(target: string): string {
	const known = ROUTES.find((route) => target.startsWith(route));
	return known?.replace(/\/$/, "/*") ?? "unknown";
}

async function answer(
	{ otlp, telemetry, identity, version }: DoorOptions,
	req: IncomingMessage,
	res: ServerResponse,
): Promise<void> {
	if (await otlp(req, res)) return;
	const target = req.url ?? "/";
	const path = target.split("?")[0] ?? "";
	if (path === "/openapi.json") {
		sendJson(res, 200, {
			openapi: "3.1.0",
			info: { title: "polytope-server telemetry", version },
			components: {
				securitySchemes: { basic: { type: "http", scheme: "basic" } },
			},
			paths: telemetry.paths,
		});
		return;
	}
	if (path !== PREFIX && !path.startsWith(`${PREFIX}/`)) {
		sendJson(res, 404, { detail: "Not Found" });
		return;
	}
	const { authorization } = req.headers;
	const { status, headers, body } = await telemetry.answer({
		method: req.method ?? "GET",
		target,
		authorization,
		identify: async () => {
			const { user } = await identity.authenticate({
				authorization: authorization ?? "",
			});
			return { roles: user?.roles ?? [] };
		},
	});
	res.writeHead(status, { "x-content-type-options": "nosniff", ...headers });
	if (req.method === "HEAD") res.end();
	else if (typeof body === "string") res.end(body);
	else await pipeline(Readable.from(body), res);
}

function sendJson(res: ServerResponse, status: number, body: unknown): void {
	res.writeHead(status, { "content-type": "application/json" });
	res.end(JSON.stringify(body));
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
