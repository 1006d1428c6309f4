import type { FastifyReply, FastifyRequest } from "fastify";
import type { Request } from "../gen/polytope/store/v1/store_pb.js";
import { isFinal } from "../services/platform/lifecycle.ts";
import type { Door } from "./context.ts";
import { locateResult, ownRequest } from "./poll.ts";
import { DETAIL } from "./preference.ts";
import { detailView } from "./views/detail.ts";
import { notFound } from "./views/poll.ts";
import { waitTime } from "./wait-time.ts";

/**
 * Answers with all that is known of a request, whatever its status: never a redirect, never an error for one that
 * failed. With a time to wait, as soon as its status has changed.
 */
export async function answerDetail(
	door: Door,
	request: FastifyRequest,
	reply: FastifyReply,
	id: string,
): Promise<FastifyReply> {
	const caller = await door.callers.of(request.raw);
	const wait = waitTime(request.raw, door.options.limits.wait);
	const now = await ownRequest(door, caller, id);
	const found =
		wait.ms === 0 || isFinal(now.status)
			? now
			: await changed(door, now, wait.ms, reply);
	if (found === undefined || found.hidden) throw notFound(id);
	if (wait.preferred) reply.header("preference-applied", "wait");
	const base = door.baseOf(request.raw);
	const [explained, location] = await Promise.all([
		isFinal(found.status) ? undefined : door.explainer.whole(id),
		found.result && locateResult(door, found, found.result, base),
	]);
	return reply
		.code(200)
		.header("content-type", DETAIL)
		.header("vary", "accept")
		.send(
			Buffer.from(JSON.stringify(detailView(found, { explained, location }))),
		);
}

/** The request with another status, or as it was last seen when the time is up, the client has gone, or all stops. */
async function changed(
	door: Door,
	before: Request,
	ms: number,
	reply: FastifyReply,
): Promise<Request | undefined> {
	const { promise, resolve } = Promise.withResolvers<void>();
	let newest: Request | undefined = before;
	const timer = setTimeout(resolve, ms);
	const leave = (): void => resolve();
	reply.raw.once("close", leave);
	const following = door.following.follow(before.id, (request) => {
		newest = request;
		if (request?.history.length !== before.history.length) resolve();
	});
	door.closing.addEventListener("abort", leave);
	try {
		if (!door.closing.aborted) await promise;
		return newest;
	} finally {
		door.closing.removeEventListener("abort", leave);
		following[Symbol.dispose]();
		clearTimeout(timer);
		reply.raw.off("close", leave);
	}
}
