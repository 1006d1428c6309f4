import { z } from "zod";
import { isRequestId } from "../../services/platform/ids.ts";
import type { Door } from "../context.ts";
import { answerPoll } from "../poll.ts";
import { Problem } from "../problem.ts";
import { pathParameter, type Route } from "../route.ts";
import { messageView } from "../views/message.ts";
import { pollAnswers } from "./poll.ts";

/** A staging key and the extension of its media type. */
const RESULT = /^[\w-]{16,256}\.[A-Za-z0-9]{1,16}$/;

/**
 * GET /downloads/<key>.<ext>: a staged result, by staging's own handler; whoever knows the key may read.
 * GET /downloads/<request id>: as a poll, which is what v1 means by it.
 */
export const downloads = (door: Door): Route => ({
	method: "GET",
	path: "/api/v1/downloads/*",
	open: true,
	doc: {
		summary:
			"The bytes of a result; the address comes from a poll. With the id of a request: a poll.",
		path: "/api/v1/downloads/{name}",
		parameters: [
			{
				in: "path",
				name: "name",
				description: "As the poll gave it.",
				schema: z.string(),
			},
		],
		answers: {
			...pollAnswers,
			200: {
				description: "The bytes.",
				type: "application/octet-stream",
				schema: z.string(),
			},
			206: {
				description: "A part of them.",
				type: "application/octet-stream",
				schema: z.string(),
			},
			404: {
				description: "No such result, or no longer.",
				schema: messageView,
			},
		},
	},
	async handle(request, reply) {
		const name = pathParameter(request, "*");
		if (isRequestId(name)) return answerPoll(door, request, reply, name);
		const { download } = door;
		if (!RESULT.test(name)) throw new Problem(404, "No such result");
		if (download === undefined)
			throw new Problem(
				404,
				"Results do not lie here: poll the request for the address of its result",
			);
		reply.hijack();
		await download(request.raw, reply.raw, name);
		return reply;
	},
});
