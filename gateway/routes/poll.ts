import { z } from "zod";
import type { Door } from "../context.ts";
import { answerDetail } from "../detail.ts";
import { listFor } from "../listing.ts";
import { answerPoll } from "../poll.ts";
import { DETAIL, prefers } from "../preference.ts";
import { idOf } from "../request-id.ts";
import {
	type ParameterDoc,
	pathParameter,
	type Route,
	type RouteDoc,
} from "../route.ts";
import { detailSchema } from "../views/detail.ts";
import {
	archivedSchema,
	messageView,
	pendingSchema,
	readySchema,
} from "../views/message.ts";

/** Long polls, for whoever asks for them. */
const waitParameters: readonly ParameterDoc[] = [
	{
		in: "query",
		name: "wait",
		description: "Seconds to hold the answer back until the request has ended.",
		schema: z.number().min(0),
	},
	{
		in: "header",
		name: "Prefer",
		description: "`wait=SECONDS`: the same, RFC 7240.",
		schema: z.string(),
	},
];

/** What a poll answers. */
export const pollAnswers: RouteDoc["answers"] = {
	202: {
		description: "Under way: ask again.",
		schema: pendingSchema,
		headers: { Location: "Where to ask again.", "Retry-After": "Seconds." },
	},
	200: {
		description: "An archive request is done: its data can be retrieved.",
		schema: archivedSchema,
	},
	303: {
		description: "Done.",
		schema: readySchema,
		headers: {
			Location: "Where the result lies; readable without credentials.",
		},
	},
	400: {
		description: "Failed or cancelled, with the reason.",
		schema: messageView,
	},
	404: { description: "No such request of yours.", schema: messageView },
};

/**
 * GET /requests/<id>: how far is it? What is the name of a collection lists its requests, as in v1. The router has one
 * route for both, which takes whole URLs too.
 */
export const poll = (door: Door): Route => ({
	method: "GET",
	path: "/api/v1/requests/*",
	doc: {
		summary:
			"How far is this request? With the name of a collection: my requests there.",
		path: "/api/v1/requests/{id}",
		parameters: [
			{
				in: "path",
				name: "id",
				description: "Id of a request, or name of a collection.",
				schema: z.string(),
			},
			{
				in: "header",
				name: "Accept",
				description: `\`${DETAIL}\`: all that is known of the request, instead of a poll's answer.`,
				schema: z.string(),
			},
			...waitParameters,
		],
		answers: {
			...pollAnswers,
			200: {
				...pollAnswers[200],
				description: `An archive request is done: its data can be retrieved. With \`Accept: ${DETAIL}\`, whatever the status: all that is known of the request.`,
				more: { [DETAIL]: detailSchema },
			},
		},
	},
	async handle(request, reply) {
		const name = pathParameter(request, "*");
		if (door.collections.has(name)) return listFor(door, request, reply, name);
		const answer = prefers(request.headers.accept, DETAIL)
			? answerDetail
			: answerPoll;
		return answer(door, request, reply, idOf(name));
	},
});
