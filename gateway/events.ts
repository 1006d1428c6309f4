import type { FastifyReply, FastifyRequest } from "fastify";
import { isFinal } from "../services/platform/lifecycle.ts";
import type { Door } from "./context.ts";
import { openEventStream } from "./event-stream.ts";
import { SECURITY } from "./headers.ts";
import { ownRequest } from "./poll.ts";
import { notFound } from "./views/poll.ts";

const HEADERS = {
	...SECURITY,
	"content-type": "text/event-stream",
	// nginx would gather events before it passes them on.
	"x-accel-buffering": "no",
};

/**
 * Streams what happens to a request, from where `Last-Event-ID` says, until it has ended. A client that comes back for
 * more than the end is told with a 204 to stay away.
 */
export async function answerEvents(
	door: Door,
	request: FastifyRequest,
	reply: FastifyReply,
	id: string,
): Promise<FastifyReply> {
	const caller = await door.callers.of(request.raw);
	const found = await ownRequest(door, caller, id);
	if (found.hidden) throw notFound(id);
	const entries = lastEventId(request);
	if (isFinal(found.status) && entries === found.history.length)
		return reply.code(204).send();
	if (request.method === "HEAD") return reply.headers(HEADERS).send();
	const location = `${door.baseOf(request.raw)}/api/v1/requests/${id}`;
	const stream = openEventStream(reply.raw, entries, location);
	const place = door.listeners.add(caller.id, stream);
	reply.hijack();
	reply.raw.writeHead(200, HEADERS);
	stream.begin();
	stream.tell(found);
	const following = door.following.follow(id, stream.tell);
	const leave = (): void => {
		following[Symbol.dispose]();
		place[Symbol.dispose]();
	};
	reply.raw.once("close", leave);
	if (reply.raw.closed) leave();
	return reply;
}

/** How many entries of the history the client has been told; 0 for what is none of our ids. */
function lastEventId({ headers }: FastifyRequest): number {
	const given = headers["last-event-id"];
	return typeof given === "string" && /^\d{1,9}$/.test(given)
		? Number(given)
		: 0;
}
