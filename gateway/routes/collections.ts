import { z } from "zod";
import { mayUse } from "../../services/collections/collection.ts";
import type { Door } from "../context.ts";
import { sendJson } from "../json.ts";
import type { Route } from "../route.ts";

/** GET /collections: the names of those that the caller may use, in the configuration's order. */
export const collections = (door: Door): Route => ({
	method: "GET",
	path: "/api/v1/collections",
	doc: {
		summary: "Which collections may I use?",
		answers: {
			200: {
				description: "Their names.",
				schema: z.object({ message: z.array(z.string()) }),
			},
		},
	},
	async handle(request, reply) {
		const caller = await door.callers.of(request.raw);
		const names = [...door.collections]
			.filter(([, collection]) => mayUse(collection, caller))
			.map(([name]) => name);
		return sendJson(reply, 200, { message: names });
	},
});
