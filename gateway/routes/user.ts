import { z } from "zod";
import type { Door } from "../context.ts";
import { sendJson } from "../json.ts";
import type { Route } from "../route.ts";
import { liveRequests } from "../views/user.ts";

/** GET /user: who the caller is. Every value is a string: polytope-client prints them as they are. */
export const user = (door: Door): Route => ({
	method: "GET",
	path: "/api/v1/user",
	doc: {
		summary: "Who am I, and how many of my requests are live?",
		answers: {
			200: {
				description: "Facts about the caller, all of them text.",
				schema: z.record(z.string(), z.string()),
			},
		},
	},
	async handle(request, reply) {
		const caller = await door.callers.of(request.raw);
		const counts = await door.store.counts({ userId: caller.id });
		return sendJson(reply, 200, {
			"live requests": liveRequests(counts),
			username: caller.username,
			realm: caller.realm,
			roles: caller.roles.join(", "),
		});
	},
});
