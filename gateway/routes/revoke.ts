import { z } from "zod";
import { faultOf } from "../../services/platform/faults.ts";
import { isRequestId } from "../../services/platform/ids.ts";
import type { Door } from "../context.ts";
import { sendJson } from "../json.ts";
import { Problem } from "../problem.ts";
import { idOf } from "../request-id.ts";
import { pathParameter, type Route } from "../route.ts";
import { messageView } from "../views/message.ts";
import { notFound } from "../views/poll.ts";

/** DELETE /requests/<id>, /requests/all: takes requests back, also running ones. The words are v1's. */
export const revoke = (door: Door): Route => ({
	method: "DELETE",
	path: "/api/v1/requests/*",
	doc: {
		summary: "Revoke a request of mine, or `all` that have not begun.",
		path: "/api/v1/requests/{id}",
		parameters: [
			{
				in: "path",
				name: "id",
				description: "Id of a request, or `all`.",
				schema: z.string(),
			},
		],
		answers: {
			200: { description: "How many were revoked.", schema: messageView },
			400: { description: "That is a collection.", schema: messageView },
			403: { description: "It has ended already.", schema: messageView },
			404: { description: "No such request of yours.", schema: messageView },
		},
	},
	async handle(request, reply) {
		const caller = await door.callers.of(request.raw);
		const name = pathParameter(request, "*");
		if (door.collections.has(name))
			throw new Problem(400, "Collections do not support DELETE");
		const count =
			name.toLowerCase() === "all"
				? (await door.store.cancelAll({ userId: caller.id })).cancelled
				: await revokeOne(door, idOf(name), caller.id);
		return sendJson(reply, 200, {
			message: `Successfully revoked ${count} requests`,
		});
	},
});

async function revokeOne(
	door: Door,
	id: string,
	userId: string,
): Promise<number> {
	if (!isRequestId(id)) throw notFound(id);
	try {
		await door.store.cancel({ id, userId });
		return 1;
	} catch (reason) {
		const known = faultOf(reason);
		if (known?.name === "NOT_FOUND") throw notFound(id);
		if (known?.name === "CONFLICT") throw new Problem(403, known.message);
		throw reason;
	}
}
