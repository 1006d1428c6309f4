import type { Timestamp } from "@bufbuild/protobuf/wkt";
import { z } from "zod";
import type {
	Request,
	Transition,
	User,
} from "../../gen/polytope/store/v1/store_pb.js";
import { statusName } from "../../services/platform/lifecycle.ts";

export const secondsSchema = z
	.number()
	.describe("Seconds since 1970, UTC, with fractions.");

export const historySchema = z.array(
	z.object({
		status: z.string(),
		at: secondsSchema,
		attempt: z.number(),
		reason: z.string(),
	}),
);

/** One request as v1 lists it, and what v1 did not know: `attempt`, `history`, `progress`. */
export const requestRecord = z.object({
	id: z.string(),
	timestamp: secondsSchema,
	last_modified: secondsSchema,
	user: z.object({
		id: z.string(),
		username: z.string(),
		realm: z.string(),
		roles: z.array(z.string()),
		attributes: z.record(z.string(), z.string()),
	}),
	verb: z.string(),
	url: z
		.string()
		.describe(
			"Where to ask for the result; empty before there is one. archive: where the data is fetched from.",
		),
	md5: z.string().nullable(),
	collection: z.string(),
	status: z.string(),
	user_message: z.string(),
	user_request: z
		.string()
		.describe("The request document as posted; JSON text of a posted object."),
	coerced_request: z.unknown(),
	content_length: z.number().nullable(),
	content_type: z.string(),
	status_history: z
		.record(z.string(), z.number())
		.describe("Each status with the time it was first entered."),
	datasource: z.string(),
	attempt: z.number(),
	history: historySchema,
	progress: z.object({ bytes: z.number(), fields: z.number() }),
});

export type RequestRecord = z.infer<typeof requestRecord>;

/** @param base how absolute URLs begin */
export function requestView(request: Request, base: string): RequestRecord {
	const { result, input } = request;
	const data = result ?? input;
	return {
		id: request.id,
		timestamp: secondsOf(request.createdAt),
		last_modified: secondsOf(request.modifiedAt),
		user: userView(request.user),
		verb: request.verb,
		// The capability URL is made when it is asked for; a list holds no secrets, and no call per row.
		url:
			result === undefined
				? request.url
				: `${base}/api/v1/downloads/${request.id}`,
		md5: data?.md5 || null,
		collection: request.collection,
		status: statusName(request.status),
		user_message: request.userMessage,
		user_request: request.posted,
		coerced_request: coercedView(request.coerced),
		content_length: data === undefined ? null : Number(data.length),
		content_type: result?.mediaType ?? "application/octet-stream",
		status_history: firstTimes(request.history),
		datasource: request.datasource,
		attempt: request.attempt,
		history: request.history.map(transitionView),
		progress: {
			bytes: Number(request.progressBytes),
			fields: Number(request.progressFields),
		},
	};
}

const SECRET = /key|secret|token|password|credential/i;

/** Attributes of identity providers may hold credentials of other services: those are masked. */
function userView(user: User | undefined): RequestRecord["user"] {
	const attributes = Object.entries(user?.attributes ?? {}).map(
		([name, value]) => [
			name,
			SECRET.test(name) && value !== "" ? "********" : value,
		],
	);
	return {
		id: user?.id ?? "",
		username: user?.username ?? "",
		realm: user?.realm ?? "",
		roles: [...(user?.roles ?? [])],
		attributes: Object.fromEntries(attributes),
	};
}

const coercedView = (text: string): unknown =>
	text === "" ? {} : JSON.parse(text);

export const transitionView = ({
	status,
	at,
	attempt,
	reason,
}: Transition) => ({
	status: statusName(status),
	at: secondsOf(at),
	attempt,
	reason,
});

function firstTimes(history: readonly Transition[]): Record<string, number> {
	const times: Record<string, number> = {};
	for (const { status, at } of history)
		times[statusName(status)] ??= secondsOf(at);
	return times;
}

export const secondsOf = (at: Timestamp | undefined): number =>
	at === undefined ? 0 : Number(at.seconds) + at.nanos / 1e9;
