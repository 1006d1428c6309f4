import { z } from "zod";
import type { Door } from "../context.ts";
import { answerEvents } from "../events.ts";
import { pathParameter, type Route } from "../route.ts";
import {
	endEventSchema,
	progressEventSchema,
	statusEventSchema,
} from "../views/events.ts";
import { messageView } from "../views/message.ts";

/** GET /requests/<id>/events: what happens to a request, as it happens. */
export const events = (door: Door): Route => ({
	method: "GET",
	path: "/api/v1/requests/:id/events",
	doc: {
		summary: "What happens to this request, as server-sent events.",
		parameters: [
			{
				in: "path",
				name: "id",
				description: "Id of a request.",
				schema: z.string(),
			},
			{
				in: "header",
				name: "Last-Event-ID",
				description:
					"Goes on after this event. Browsers send it by themselves.",
				schema: z.string(),
			},
		],
		answers: {
			200: {
				description:
					"Events `status` (each entry of the history), `progress` (about once a second) and `end`, the last one; their data is one of these. Comments tell that the connection lives.",
				type: "text/event-stream",
				schema: z.union([
					statusEventSchema,
					progressEventSchema,
					endEventSchema,
				]),
			},
			204: { description: "All was told before: do not come back." },
			403: {
				description:
					"You listen to too many requests (429 where that is configured).",
				schema: messageView,
			},
			404: { description: "No such request of yours.", schema: messageView },
		},
	},
	handle: (request, reply) =>
		answerEvents(door, request, reply, pathParameter(request, "id")),
});
