import type { IncomingMessage } from "node:http";
import fastify, {
	type FastifyInstance,
	type FastifyReply,
	type FastifyRequest,
} from "fastify";
import { measureHttp } from "../services/platform/telemetry/http.ts";
import { addressReader } from "./address.ts";
import { readBody } from "./body.ts";
import { openCallers } from "./callers.ts";
import {
	answerClientError,
	answerConnect,
	answerExpectation,
} from "./client-errors.ts";
import type { Door, GatewayContext } from "./context.ts";
import { openExplainer } from "./explainer.ts";
import { openFollowing } from "./following.ts";
import { checkRequest } from "./guard.ts";
import { SECURITY } from "./headers.ts";
import { sendJson } from "./json.ts";
import { openLimits } from "./limits.ts";
import { openListeners } from "./listeners.ts";
import { describeRoutes } from "./openapi/document.ts";
import { originReader } from "./origin.ts";
import { Problem, problemOf } from "./problem.ts";
import type { Route } from "./route.ts";
import { routesOf } from "./routes.ts";
import { openSignIns } from "./sign-ins.ts";
import { tidyTarget } from "./target.ts";
import { traceHttp } from "./trace.ts";
import { openWaits } from "./waits.ts";

/** Idle time of a connection beyond the longest wait, in milliseconds, after which it is given up. */
const IDLE_MS = 120_000;

/** Makes the public door. It is not listening yet; closing it ends the long polls. */
export async function openGateway(
	ctx: GatewayContext,
): Promise<FastifyInstance> {
	const { limits, rejectStatus, trustedProxies } = ctx.options;
	const counting = {
		cache: ctx.cache,
		addressOf: addressReader(trustedProxies),
		rejectStatus,
	};
	const signIns = openSignIns({ ...counting, limit: limits.failed_sign_ins });
	const closing = new AbortController();
	const door: Door = {
		...ctx,
		closing: closing.signal,
		callers: openCallers(ctx.identity, signIns),
		limits: openLimits({ ...counting, limits }),
		waits: openWaits(ctx.store, ctx.log),
		explainer: openExplainer(ctx),
		following: openFollowing(ctx.store, ctx.log),
		listeners: openListeners(limits.events, rejectStatus),
		baseOf: originReader(ctx.options),
	};
	const app = makeServer(ctx);
	traceHttp(app);
	measure(app);
	// Who is answered from now on is not kept: a connection that goes idle later would be waited for.
	app.addHook("onSend", (_request, reply, _payload, done) => {
		if (closing.signal.aborted) reply.header("connection", "close");
		done();
	});
	app.addHook("preClose", async () => {
		closing.abort();
		door.listeners[Symbol.dispose]();
		door.limits[Symbol.dispose]();
		await door.following[Symbol.asyncDispose]();
		await door.waits[Symbol.asyncDispose]();
	});
	answerErrors(app, ctx);
	const routes = routesOf(door, () => described);
	const described = describeRoutes(
		routes,
		ctx.options.version,
		ctx.telemetry?.paths,
	);
	for (const route of routes) serve(app, route, door);
	refuseOtherMethods(app, routes);
	await app.ready();
	return app;
}

function makeServer({ options }: GatewayContext): FastifyInstance {
	const { limits, archive } = options;
	const app = fastify({
		logger: false,
		bodyLimit: limits.body,
		// An upload may take longer than others: `readBody` and `endLate` hold those to their time.
		requestTimeout: Math.max(limits.request_timeout, archive.timeout),
		keepAliveTimeout: limits.keep_alive_timeout,
		connectionTimeout: limits.wait + IDLE_MS,
		http: {
			maxHeaderSize: limits.headers,
			headersTimeout: Math.min(limits.header_timeout, limits.request_timeout),
			connectionsCheckingInterval: Math.max(
				100,
				Math.min(2_000, limits.header_timeout / 4),
			),
			keepAlive: true,
			keepAliveInitialDelay: 60_000,
			// A request without Host is refused by ourselves, with a body.
			requireHostHeader: false,
		},
		routerOptions: { maxParamLength: limits.url },
		rewriteUrl: (request: IncomingMessage) => tidyTarget(request.url ?? "/"),
		frameworkErrors: (error, _request, reply) => {
			answer(reply.headers(SECURITY), problemOf(error, options.rejectStatus));
		},
		clientErrorHandler: answerClientError,
	});
	app.server
		.on("connect", answerConnect)
		.on("checkExpectation", answerExpectation);
	app.addHook("onRequest", (request, reply, done) => {
		reply.headers(SECURITY);
		done(checkRequest(request.raw, limits.url));
	});
	app.addHook("onResponse", (request, _reply, done) => {
		endLate(request.raw, limits.request_timeout);
		done();
	});
	app.removeAllContentTypeParsers();
	app.addContentTypeParser(
		"*",
		async (request: FastifyRequest, payload: IncomingMessage) =>
			isStreamed(request)
				? payload
				: readBody(payload, limits.body, limits.request_timeout),
	);
	return app;
}

/** The first hook: what is refused at once is measured too. */
function measure(app: FastifyInstance): void {
	const measuring = measureHttp();
	app.addHook("onRequest", (request, reply, done) => {
		const route = (): string => request.routeOptions.url ?? UNKNOWN;
		measuring.begin(request.method, reply.raw, route);
		done();
	});
	app.addHook("onClose", async () => measuring[Symbol.dispose]());
}

/** The route of requests for what there is not. */
const UNKNOWN = "unknown";

const isStreamed = ({ routeOptions }: FastifyRequest): boolean =>
	"streamed" in routeOptions.config && routeOptions.config.streamed === true;

/** Ends a connection on which a request that is answered already goes on arriving for too long. */
function endLate(request: IncomingMessage, ms: number): void {
	if (request.complete) return;
	const timer = setTimeout(() => request.socket.destroy(), ms);
	timer.unref();
	request.once("close", () => clearTimeout(timer));
}

function answerErrors(
	app: FastifyInstance,
	{ log, options }: GatewayContext,
): void {
	app.setErrorHandler((reason, request, reply) => {
		const problem = problemOf(reason, options.rejectStatus);
		if (problem === undefined)
			log.error(
				{
					event: "http.bug",
					err: reason,
					method: request.method,
					path: request.url,
				},
				"a request met a bug",
			);
		return answer(reply, problem);
	});
	app.setNotFoundHandler((_request, reply) =>
		answer(
			reply,
			new Problem(
				404,
				"The requested URL was not found on the server. The API is described at /openapi",
			),
		),
	);
}

function answer(
	reply: FastifyReply,
	problem: Problem | undefined,
): FastifyReply {
	if (problem === undefined)
		return sendJson(reply, 500, {
			message: "Internal error of the server; it was logged",
		});
	return sendJson(reply.headers(problem.headers), problem.status, {
		message: problem.message,
	});
}

function serve(app: FastifyInstance, route: Route, door: Door): void {
	const { method, path, handle } = route;
	app.route({
		method,
		url: path,
		handler: handle,
		config: { streamed: route.streamed === true },
		onRequest: async (request, reply) => {
			await route.before?.(request);
			if (route.open || route.method === "POST") return;
			const user = await door.callers.of(request.raw);
			await door.limits.poll(request, reply, user);
		},
	});
}

const METHODS = [
	"GET",
	"HEAD",
	"POST",
	"PUT",
	"PATCH",
	"DELETE",
	"OPTIONS",
	"TRACE",
] as const;

const TELEMETRY = "/telemetry/v1";

/** A known path with a wrong method is 405, not 404; the body is not read. */
function refuseOtherMethods(
	app: FastifyInstance,
	routes: readonly Route[],
): void {
	for (const path of new Set(routes.map((route) => route.path))) {
		const served = routes
			.filter((route) => route.path === path)
			.map((route) => String(route.method));
		if (served.includes("GET")) served.push("HEAD");
		const allow = served.join(", ");
		const refuse = async (_request: FastifyRequest, reply: FastifyReply) => {
			// What is below it says its refusals in words of its own.
			if (path.startsWith(TELEMETRY))
				return sendJson(reply.header("allow", allow), 405, {
					detail: "Method Not Allowed",
				});
			throw new Problem(
				405,
				"The method is not allowed for the requested URL.",
				{ allow },
			);
		};
		app.route({
			method: METHODS.filter((method) => !served.includes(method)),
			url: path,
			onRequest: refuse,
			handler: refuse,
		});
	}
}
