import type { FastifyReply, FastifyRequest } from "fastify";
import type {
	Request,
	StagedResult,
} from "../gen/polytope/store/v1/store_pb.js";
import type { User } from "../services/collections/user.ts";
import { steadyClock } from "../services/platform/clock.ts";
import { faultOf } from "../services/platform/faults.ts";
import { isRequestId } from "../services/platform/ids.ts";
import { isFinal } from "../services/platform/lifecycle.ts";
import { extensionOf } from "../services/platform/media-types.ts";
import type { Door } from "./context.ts";
import { sendJson } from "./json.ts";
import { Problem } from "./problem.ts";
import {
	archivedView,
	failureOf,
	notFound,
	pendingView,
	readyView,
} from "./views/poll.ts";
import { type WaitTime, waitTime } from "./wait-time.ts";

/**
 * Answers a poll for one request: 202 while it is under way, 303 to the result, 200 once its data is archived, 400 with
 * the reason when there will be neither, 404 when it is not the caller's.
 */
export async function answerPoll(
	door: Door,
	request: FastifyRequest,
	reply: FastifyReply,
	id: string,
): Promise<FastifyReply> {
	const caller = await door.callers.of(request.raw);
	if (!isRequestId(id)) throw notFound(id);
	const wait = waitTime(request.raw, door.options.limits.wait);
	const read = (): Promise<Request> => ownRequest(door, caller, id);
	const found =
		wait.ms === 0
			? await read()
			: await readInTime(door, { id, wait, read, reply });
	if (wait.preferred) reply.header("preference-applied", "wait");
	const failure = failureOf(found);
	if (failure !== undefined) throw failure;
	const base = door.baseOf(request.raw);
	const pending = pendingView(found, await door.explainer.short(found));
	if (pending === undefined && found.verb === "archive")
		return sendJson(
			reply,
			200,
			archivedView(found, `${base}/api/v1/requests/${id}`),
		);
	if (pending === undefined) return redirect(door, reply, found, base);
	reply
		.header("location", `${base}/api/v1/requests/${id}`)
		.header("retry-after", "5");
	return sendJson(reply, 202, pending);
}

/** A request of the caller's; hidden ones too. @throws Problem 404 */
export async function ownRequest(
	{ store }: Door,
	caller: User,
	id: string,
): Promise<Request> {
	if (!isRequestId(id)) throw notFound(id);
	const { request } = await store.get({ id });
	if (request?.user?.id !== caller.id) throw notFound(id);
	return request;
}

/** A reason of its own: without one each end makes an error with its stack. */
const LEFT = "nobody waits any more";

interface TimedRead {
	readonly id: string;
	readonly wait: WaitTime;
	readonly read: () => Promise<Request>;
	readonly reply: FastifyReply;
}

/** Reads until the request is final, the time is up, or the client has gone. The bell is set before each read. */
async function readInTime(
	door: Door,
	{ id, wait, read, reply }: TimedRead,
): Promise<Request> {
	const gone = new AbortController();
	const leave = (): void => gone.abort(LEFT);
	reply.raw.once("close", leave);
	const deadline = steadyClock.now() + wait.ms;
	try {
		for (;;) {
			const bell = door.waits.until(
				id,
				Math.max(0, deadline - steadyClock.now()),
				gone.signal,
			);
			const found = await read();
			if (
				isFinal(found.status) ||
				steadyClock.now() >= deadline ||
				door.waits.closed ||
				gone.signal.aborted
			)
				return found;
			await bell;
		}
	} finally {
		reply.raw.off("close", leave);
		gone.abort(LEFT);
	}
}

/** The same 303 as long as the result lives. The URL is made anew each time: it may be signed for this moment. */
async function redirect(
	door: Door,
	reply: FastifyReply,
	found: Request,
	base: string,
): Promise<FastifyReply> {
	const { result } = found;
	if (result === undefined) throw goneResult(found.id);
	const url = await locateResult(door, found, result, base);
	if (url === undefined) throw goneResult(found.id);
	return sendJson(reply.header("location", url), 303, readyView(result, url));
}

/** Where a result can be read now; undefined when it was removed. */
export async function locateResult(
	{ staging }: Door,
	{ id }: Request,
	{ key, mediaType }: StagedResult,
	baseUrl: string,
): Promise<string | undefined> {
	const fileName = `${id}.${extensionOf(mediaType)}`;
	try {
		return (await staging.locate({ key, baseUrl, mediaType, fileName })).url;
	} catch (reason) {
		if (faultOf(reason)?.name === "NOT_FOUND") return undefined;
		throw reason;
	}
}

const goneResult = (id: string): Problem =>
	new Problem(410, `The result of request ${id} was removed`);
