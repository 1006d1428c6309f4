import type { FastifyReply } from "fastify";

/**
 * Answers with JSON text. The type goes out without a charset, as v1's does; the text is made here and given as
 * bytes, because fastify adds a charset to JSON that comes as text.
 */
export function sendJson(
	reply: FastifyReply,
	status: number,
	body: unknown,
): FastifyReply {
	return reply
		.code(status)
		.header("content-type", "application/json")
		.send(Buffer.from(JSON.stringify(body)));
}
