import type { IncomingMessage, ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Client } from "@connectrpc/connect";
import type { IdentityService } from "../../../gen/polytope/identity/v1/identity_pb.js";
import type { Config } from "../../platform/config/schema.ts";
import { type HttpDoor, openHttpDoor } from "../../platform/http-door.ts";
import type { Log } from "../../platform/log.ts";
import type { TelemetryDoor } from "../../platform/telemetry-door.ts";
import { PREFIX } from "./describe.ts";

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

/** An HTTP door of the role's own, where no gateway runs in its process. */
export const openDoor = (options: DoorOptions): Promise<HttpDoor> =>
	openHttpDoor(options.http, {
		routeOf,
		answer: (req, res) => {
			answer(options, req, res).catch((reason) => {
				if (!res.destroyed)
					options.log.error(
						{ event: "http.bug", err: reason, path: req.url },
						"a request met a bug",
					);
				if (res.headersSent) res.destroy();
				else sendJson(res, 500, { detail: "Internal Server Error" });
			});
		},
	});

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
