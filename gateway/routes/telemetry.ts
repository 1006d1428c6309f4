import { Readable } from "node:stream";
import type { FastifyReply, FastifyRequest } from "fastify";
import type { Door } from "../context.ts";
import type { Route } from "../route.ts";

/**
 * GET /telemetry/v1/…: what telemetry shows to operators, where it runs in this process. It asks for credentials itself,
 * by its own rules; guessing them is bounded as everywhere.
 */
export const telemetry = (door: Door): readonly Route[] => {
	const shown = door.telemetry;
	if (shown === undefined) return [];
	const handle = async (
		{ raw }: FastifyRequest,
		reply: FastifyReply,
	): Promise<FastifyReply> => {
		const { status, headers, body } = await shown.answer({
			method: raw.method ?? "GET",
			target: raw.url ?? "/",
			authorization: raw.headers.authorization,
			identify: () => door.callers.of(raw),
		});
		reply.code(status).headers(headers);
		return reply.send(typeof body === "string" ? body : Readable.from(body));
	};
	return ["/telemetry/v1", "/telemetry/v1/*"].map((path) => ({
		method: "GET",
		path,
		open: true,
		handle,
	}));
};
