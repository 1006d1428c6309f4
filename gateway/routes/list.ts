import { z } from "zod";
import type { Door } from "../context.ts";
import { listFor } from "../listing.ts";
import type { Route } from "../route.ts";
import { requestRecord } from "../views/request.ts";

/** GET /requests: all requests of the caller, in order of submission. */
export const list = (door: Door): Route => ({
	method: "GET",
	path: "/api/v1/requests",
	doc: {
		summary: "My requests, oldest first.",
		parameters: [
			{
				in: "query",
				name: "limit",
				description: "At most so many; without it, all.",
				schema: z.int().min(1).max(1000),
			},
			{
				in: "query",
				name: "cursor",
				description: "Begin after this one; from the Link header.",
				schema: z.string(),
			},
		],
		answers: {
			200: {
				description: "The requests.",
				schema: z.object({ message: z.array(requestRecord) }),
				headers: { Link: 'With `limit`: the next page, rel="next".' },
			},
		},
	},
	handle: (request, reply) => listFor(door, request, reply, ""),
});
