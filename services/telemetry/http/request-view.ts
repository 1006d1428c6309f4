import { type Timestamp, timestampMs } from "@bufbuild/protobuf/wkt";
import { z } from "zod";
import type {
	Request,
	Transition,
	User,
} from "../../../gen/polytope/store/v1/store_pb.js";
import { statusName } from "../../platform/lifecycle.ts";

const seconds = z.number().describe("Seconds since 1970, UTC, with fractions.");

/** A request as operators see it: v1's keys, and our own after them. What is not named here is never shown. */
export const requestRow = z.object({
	id: z.string(),
	status: z.string(),
	collection: z.string(),
	datasource: z.string(),
	url: z
		.string()
		.describe("Where its result is asked for, with the user's credentials."),
	user: z.object({
		id: z.string(),
		realm: z.string(),
		username: z.string(),
		attributes: z
			.record(z.string(), z.string())
			.describe("Those that the configuration names."),
	}),
	last_modified: seconds,
	timestamp: seconds,
	content_length: z.number().nullable(),
	coerced_request: z.unknown(),
	status_history: z.record(z.string(), z.number()),
	user_message: z.string(),
	verb: z.string(),
	attempt: z.number(),
	progress: z.object({ bytes: z.number(), fields: z.number() }),
	history: z.array(
		z.object({
			status: z.string(),
			at: seconds,
			attempt: z.number(),
			reason: z.string(),
		}),
	),
});

export type RequestRow = z.infer<typeof requestRow>;

/**
 * @param attributes of users that may be shown
 * @param scrubbed takes secrets out of what datasources have said
 */
export const requestView =
	(attributes: readonly string[], scrubbed: (text: string) => string) =>
	(request: Request): RequestRow => ({
		id: request.id,
		status: statusName(request.status),
		collection: request.collection,
		datasource: request.datasource,
		url: request.result ? `/api/v1/downloads/${request.id}` : "",
		user: userView(request.user, attributes),
		last_modified: secondsOf(request.modifiedAt),
		timestamp: secondsOf(request.createdAt),
		content_length: request.result ? Number(request.result.length) : null,
		coerced_request: request.coerced === "" ? {} : JSON.parse(request.coerced),
		status_history: firstTimes(request.history),
		user_message: scrubbed(request.userMessage),
		verb: request.verb,
		attempt: request.attempt,
		progress: {
			bytes: Number(request.progressBytes),
			fields: Number(request.progressFields),
		},
		history: request.history.map(({ status, at, attempt, reason }) => ({
			status: statusName(status),
			at: secondsOf(at),
			attempt,
			reason: scrubbed(reason),
		})),
	});

const userView = (
	user: User | undefined,
	attributes: readonly string[],
): RequestRow["user"] => ({
	id: user?.id ?? "",
	realm: user?.realm ?? "",
	username: user?.username ?? "",
	attributes: Object.fromEntries(
		Object.entries(user?.attributes ?? {}).filter(([name]) =>
			attributes.includes(name),
		),
	),
});

function firstTimes(history: readonly Transition[]): Record<string, number> {
	const times: Record<string, number> = {};
	for (const { status, at } of history)
		times[statusName(status)] ??= secondsOf(at);
	return times;
}

const secondsOf = (at: Timestamp | undefined): number =>
	at === undefined ? 0 : timestampMs(at) / 1000;
