import { sendJson } from "../json.ts";
import type { Route } from "../route.ts";
import { messageView } from "../views/message.ts";

/** GET /test: says that the gateway answers. It asks no other service: a probe must not fail with the database. */
export const test: Route = {
	method: "GET",
	path: "/api/v1/test",
	open: true,
	doc: {
		summary: "Is the server there?",
		answers: { 200: { description: "It is.", schema: messageView } },
	},
	handle: async (_request, reply) =>
		sendJson(reply, 200, { message: "Polytope server is alive" }),
};
