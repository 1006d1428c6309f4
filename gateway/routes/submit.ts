import type { FastifyRequest } from "fastify";
import { z } from "zod";
import type { Request } from "../../gen/polytope/store/v1/store_pb.js";
import {
	type Collection,
	effectiveLimit,
	mayUse,
} from "../../services/collections/collection.ts";
import type { User } from "../../services/collections/user.ts";
import {
	type FetchRules,
	whyNotFetched,
} from "../../services/platform/fetch/rules.ts";
import { accept } from "../accept.ts";
import type { Door } from "../context.ts";
import { sendJson } from "../json.ts";
import { plan, planSchema } from "../plan.ts";
import { Problem } from "../problem.ts";
import { pathParameter, type Route } from "../route.ts";
import {
	checkJsonType,
	idempotencyKey,
	postedForm,
	readSubmission,
	submissionSchema,
} from "../submission.ts";
import { submissionTraceparent } from "../trace.ts";
import { messageView, pendingSchema } from "../views/message.ts";
import { pendingView } from "../views/poll.ts";

/**
 * POST /requests/<collection>: asks for data, or offers some. Always a 202 with the polling URL, never data or a redirect to it; what
 * is wrong with the request is said now, all of it. Who may not ask is told before the body is read.
 */
export const submit = (door: Door): Route => ({
	method: "POST",
	path: "/api/v1/requests/*",
	doc: {
		summary: "Ask for data from a collection, or give it some to archive.",
		path: "/api/v1/requests/{collection}",
		parameters: [
			{
				in: "path",
				name: "collection",
				description: "Its name.",
				schema: z.string(),
			},
			{
				in: "query",
				name: "plan",
				description:
					"`true`: only say what the request would read and be answered with.",
				schema: z.enum(["true", "false"]),
			},
			{
				in: "header",
				name: "Idempotency-Key",
				description:
					"Sent again with the same key, a submission is answered with the first request.",
				schema: z.string().max(255),
			},
			{
				in: "header",
				name: "traceparent",
				description: "W3C trace context.",
				schema: z.string(),
			},
		],
		body: { type: "application/json", schema: submissionSchema },
		answers: {
			200: {
				description: "With `plan=true`: what the request would take.",
				schema: planSchema,
			},
			202: {
				description: "Accepted: poll the Location.",
				schema: pendingSchema,
				headers: {
					Location:
						"The polling URL, absolute; of an archive request without `url`: where to upload.",
					"Retry-After": "Seconds.",
				},
			},
			400: {
				description: "The request cannot be served; every reason.",
				schema: messageView,
			},
			403: {
				description:
					"You may not use this collection, or you submitted too many requests in a short time (429 where that is configured).",
				schema: messageView,
			},
			404: { description: "No such collection.", schema: messageView },
			413: { description: "The body is too large.", schema: messageView },
			422: {
				description: "The Idempotency-Key belongs to another request.",
				schema: messageView,
			},
		},
	},
	async before(request) {
		checkJsonType(request.raw);
		const { user } = await whoAndWhat(door, request);
		await door.limits.submission(request, user);
	},
	async handle(request, reply) {
		const { user, collection } = await whoAndWhat(door, request);
		const submission = readSubmission(request.body);
		const uploading = submission.verb === "archive" && submission.url === "";
		if (submission.url !== "")
			refuseUrl(submission.url, door.options.archive.fetch);
		const key = idempotencyKey(request.raw);
		const now = new Date(door.clock.now());
		const accepted = await accept({
			request: submission.request,
			collection,
			user,
			now,
			coercion: door.options.coercion,
			verb: submission.verb,
		});
		if (wantsPlan(request))
			return sendJson(reply, 200, await plan(door, collection.name, accepted));
		const posted = postedForm(submission.request);
		const { request: made, created } = await door.store.create({
			user: {
				...user,
				roles: [...user.roles],
				attributes: { ...user.attributes },
			},
			collection: collection.name,
			verb: submission.verb,
			url: submission.url,
			uploading,
			...posted,
			...accepted,
			traceparent: submissionTraceparent(request),
			idempotencyKey: key,
			laneLimit: effectiveLimit(collection.limits, user),
		});
		if (made === undefined) throw new Error("the store created no request");
		if (!created)
			refuseAnother(made, {
				...submission,
				...posted,
				collection: collection.name,
			});
		const where = uploading ? "uploads" : "requests";
		reply
			.header(
				"location",
				`${door.baseOf(request.raw)}/api/v1/${where}/${made.id}`,
			)
			.header("retry-after", "5");
		return sendJson(
			reply,
			202,
			pendingView(made, door.explainer.known(made)) ?? QUEUED,
		);
	},
});

/** @throws Problem 400 for what is neither yes nor no */
function wantsPlan(request: FastifyRequest): boolean {
	const value = new URL(request.url, "http://host").searchParams.get("plan");
	if (value === null || value === "false") return false;
	if (value === "true" || value === "") return true;
	throw new Problem(400, "plan is 'true' or 'false'");
}

/** @throws Problem 400 when data is not fetched from there */
function refuseUrl(url: string, rules: FetchRules): void {
	const reason = whyNotFetched(url, rules);
	if (reason !== undefined) throw new Problem(400, reason);
}

/** What is told of an earlier request that is final by now: its poll says the rest. */
const QUEUED = { message: "Request queued", status: "queued" };

interface WhoAndWhat {
	readonly user: User;
	readonly collection: Collection;
}

async function whoAndWhat(
	door: Door,
	request: FastifyRequest,
): Promise<WhoAndWhat> {
	const user = await door.callers.of(request.raw);
	const name = pathParameter(request, "*");
	const collection = door.collections.get(name);
	if (collection === undefined)
		throw new Problem(
			404,
			`Unsupported collection type: ${name.slice(0, 100)}`,
		);
	if (!mayUse(collection, user))
		throw new Problem(
			403,
			`User ${user.username} cannot access collection ${collection.name}`,
		);
	return { user, collection };
}

function refuseAnother(
	earlier: Request,
	asked: Pick<Request, "collection" | "verb" | "url" | "posted">,
): void {
	const same =
		earlier.collection === asked.collection &&
		earlier.verb === asked.verb &&
		earlier.url === asked.url &&
		earlier.posted === asked.posted;
	if (!same)
		throw new Problem(
			422,
			"This Idempotency-Key belongs to another request of yours",
		);
}
