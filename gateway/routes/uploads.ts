import { Readable } from "node:stream";
import type { FastifyRequest } from "fastify";
import { z } from "zod";
import type { Request } from "../../gen/polytope/store/v1/store_pb.js";
import { Status } from "../../gen/polytope/store/v1/store_pb.js";
import type { User } from "../../services/collections/user.ts";
import { faultOf } from "../../services/platform/faults.ts";
import { isRequestId } from "../../services/platform/ids.ts";
import { statusName } from "../../services/platform/lifecycle.ts";
import type { Door } from "../context.ts";
import { sendJson } from "../json.ts";
import { answerPoll } from "../poll.ts";
import { Problem } from "../problem.ts";
import { pathParameter, type Route } from "../route.ts";
import { announcedUpload, type Receiving, receiveUpload } from "../upload.ts";
import { messageView, pendingSchema } from "../views/message.ts";
import { failureOf, notFound } from "../views/poll.ts";
import { pollAnswers } from "./poll.ts";

const idParameter = {
	in: "path",
	name: "id",
	description: "Id of an archive request.",
	schema: z.string(),
} as const;

/** GET /uploads/<id>: as a poll. */
const follow = (door: Door): Route => ({
	method: "GET",
	path: "/api/v1/uploads/:id",
	doc: {
		summary: "How far is this upload?",
		parameters: [idParameter],
		answers: pollAnswers,
	},
	handle: (request, reply) =>
		answerPoll(door, request, reply, pathParameter(request, "id")),
});

/**
 * POST /uploads/<id>: the data of an archive request, whole, as the body. Sent again, because the answer was lost, it is
 * taken as done.
 */
const upload = (door: Door): Route => ({
	method: "POST",
	path: "/api/v1/uploads/:id",
	streamed: true,
	doc: {
		summary: "Upload the data of an archive request.",
		parameters: [
			idParameter,
			{
				in: "header",
				name: "X-Checksum",
				description: "MD5 of the data, hexadecimal.",
				schema: z.string(),
			},
		],
		body: { type: "application/octet-stream", schema: z.string() },
		answers: {
			202: {
				description: "It is all there: poll the Location.",
				schema: pendingSchema,
				headers: { Location: "The polling URL, absolute." },
			},
			400: {
				description: "The data is not what its checksum says, or not wanted.",
				schema: messageView,
			},
			404: { description: "No such request of yours.", schema: messageView },
			409: {
				description: "Other data was uploaded before, or at the same time.",
				schema: messageView,
			},
			413: { description: "The data is too large.", schema: messageView },
		},
	},
	async before(request) {
		await door.callers.of(request.raw);
		announcedUpload(request.raw, door.options.archive.size);
	},
	async handle(request, reply) {
		const user = await door.callers.of(request.raw);
		const id = pathParameter(request, "id");
		const announced = announcedUpload(request.raw, door.options.archive.size);
		const found = await archiveRequest(door, id, user);
		if (found.status === Status.UPLOADING) {
			const body = bodyOf(request);
			await receiveOnce(door, { user, id, announced, body });
		} else refuseOther(found, announced.checksum);
		const base = door.baseOf(request.raw);
		reply
			.header("location", `${base}/api/v1/uploads/${id}`)
			.header("retry-after", "5");
		return sendJson(reply, 202, {
			message: "Request queued",
			status: "queued",
		});
	},
});

/** Receives data, unless an earlier try to send it, whose answer was lost, ends meanwhile. @throws Problem */
async function receiveOnce(door: Door, receiving: Receiving): Promise<void> {
	try {
		await receiveUpload(door, receiving);
	} catch (reason) {
		if (faultOf(reason)?.name !== "CONFLICT") throw reason;
		const { id, user, announced, body } = receiving;
		const found = await archiveRequest(door, id, user);
		if (found.status === Status.UPLOADING) throw reason;
		body?.resume();
		refuseOther(found, announced.checksum);
	}
}

/** The caller's request, when data may be uploaded for it at all. @throws Problem */
async function archiveRequest(
	door: Door,
	id: string,
	user: User,
): Promise<Request> {
	if (!isRequestId(id)) throw notFound(id);
	const { request } = await door.store.get({ id });
	if (request?.user?.id !== user.id) throw notFound(id);
	if (request.verb !== "archive")
		throw new Problem(400, `Request ${id} is not an upload`);
	if (request.url !== "")
		throw new Problem(
			400,
			`The data of request ${id} is fetched from a URL, not uploaded`,
		);
	return request;
}

/** Data that came before is taken as sent again when it is the same. @throws Problem */
function refuseOther(found: Request, checksum: string): void {
	const failure = failureOf(found);
	if (failure !== undefined) throw failure;
	if (found.input?.md5 === checksum) return;
	throw new Problem(
		409,
		`Other data of request ${found.id} has already been uploaded; it is ${statusName(found.status)}`,
	);
}

const bodyOf = ({ body }: FastifyRequest): Readable | undefined =>
	body instanceof Readable ? body : undefined;

export const uploads = (door: Door): readonly Route[] => [
	follow(door),
	upload(door),
];
