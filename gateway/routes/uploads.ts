import type { Door } from "../context.ts";
import { NOT_BUILT } from "../not-built.ts";
import { answerPoll } from "../poll.ts";
import { pathParameter, type Route } from "../route.ts";
import { messageView } from "../views/message.ts";
import { pollAnswers } from "./poll.ts";

/** /uploads/<id>: archiving is not built yet, which is said in a form that polytope-client shows and does not retry. */
export const uploads = (door: Door): readonly Route[] => [
	{
		method: "GET",
		path: "/api/v1/uploads/:id",
		doc: { summary: "How far is this upload?", answers: pollAnswers },
		handle: (request, reply) =>
			answerPoll(door, request, reply, pathParameter(request, "id")),
	},
	{
		method: "POST",
		path: "/api/v1/uploads/:id",
		doc: {
			summary: "Upload the data of an archive request.",
			answers: { 501: { description: "Not built yet.", schema: messageView } },
		},
		before: async (request) => {
			await door.callers.of(request.raw);
			throw NOT_BUILT;
		},
		handle: async () => {
			throw NOT_BUILT;
		},
	},
];
