import { z } from "zod";
import type {
	Request,
	SearchRequest,
} from "../../../../gen/polytope/store/v1/store_pb.js";
import { isRequestId } from "../../../platform/ids.ts";
import type { TelemetryAnswer } from "../../../platform/telemetry-door.ts";
import type { TelemetryContext } from "../../context.ts";
import { traceOf } from "../../trace/trace.ts";
import {
	flagOf,
	limitOf,
	STATUS_WORDS,
	statusesOf,
	timeOf,
	wordOf,
} from "../parameters.ts";
import { jsonAnswer, unprocessable } from "../problem.ts";
import { requestRow, requestView } from "../request-view.ts";
import type { Asked, Parameter, Route } from "../route.ts";

const PAGE = 500;

type Filter = Pick<
	SearchRequest,
	"statuses" | "id" | "user" | "collection" | "datasource" | "beforeId"
> &
	Pick<Partial<SearchRequest>, "since" | "until">;

const text = (name: string, description: string): Parameter => ({
	name,
	description,
	schema: z.string(),
});
const COMMON: readonly Parameter[] = [
	{
		name: "status",
		description:
			"Only those; `active` is all that have not ended, `completed` is `processed`.",
		schema: z.enum(STATUS_WORDS),
	},
	text("collection", "Only those of it."),
	text("datasource", "Only those that it serves."),
	text("since", "Submitted then or later: ISO 8601, or seconds since 1970."),
	text("until", "Submitted before."),
	{
		name: "limit",
		description: "How many at most; 0, or none: all.",
		schema: z.int().min(0),
	},
	text(
		"cursor",
		"Goes on where the answer before ended: its header `x-next-cursor`.",
	),
];

/** GET /requests and /users/{user_id}/requests: everybody's requests, the newest first. */
export const requests = (ctx: TelemetryContext): readonly Route[] => [
	{
		path: "/requests",
		summary: "Requests of all users, the newest submission first.",
		parameters: [
			text("id", "Only this one."),
			text("user", "Only this user's: id or name."),
			...COMMON,
			{
				name: "includetrace",
				description:
					"With `id`: `trace` lists its changes of status, `spans` what was done for it.",
				schema: z.boolean(),
			},
		],
		schema: z.array(requestRow),
		handle: (asked) =>
			flagOf(asked.query.get("includetrace")) && asked.query.get("id")
				? oneWithTrace(ctx, asked)
				: list(ctx, asked, filterOf(asked)),
	},
	{
		path: "/users/{user_id}/requests",
		summary: "Requests of one user, the newest submission first.",
		parameters: [
			{ ...text("user_id", "Id of a user."), inPath: true },
			...COMMON,
		],
		schema: z.array(requestRow),
		handle: (asked) =>
			list(ctx, asked, {
				...filterOf(asked),
				user: wordOf("user_id", asked.named),
			}),
	},
];

const viewOf = ({ config, scrub }: TelemetryContext) =>
	requestView(config.telemetry.user_attributes, scrub.text);

function filterOf({ query }: Asked): Filter {
	const said = (name: string): string => wordOf(name, query.get(name));
	const since = timeOf("since", query.get("since"));
	const until = timeOf("until", query.get("until"));
	const cursor = said("cursor");
	if (cursor !== "" && !isRequestId(cursor))
		throw unprocessable(
			"cursor",
			"Input should be an earlier answer's cursor",
			cursor,
		);
	return {
		statuses: statusesOf(query.get("status")),
		id: said("id"),
		user: said("user"),
		collection: said("collection"),
		datasource: said("datasource"),
		beforeId: cursor,
		...(since && { since }),
		...(until && { until }),
	};
}

async function list(
	ctx: TelemetryContext,
	{ query }: Asked,
	filter: Filter,
): Promise<TelemetryAnswer> {
	const limit = limitOf(query.get("limit"));
	// What has not the shape of an id is nobody's.
	if (filter.id !== "" && !isRequestId(filter.id)) return jsonAnswer([]);
	const view = viewOf(ctx);
	if (limit === undefined || limit > PAGE)
		return {
			status: 200,
			headers: { "content-type": "application/json" },
			body: arrayText(
				all(ctx, filter, limit ?? Number.POSITIVE_INFINITY),
				view,
			),
		};
	const found = await ctx.store.search({ ...filter, limit });
	return jsonAnswer(
		found.requests.map(view),
		200,
		found.nextBeforeId === "" ? {} : { "x-next-cursor": found.nextBeforeId },
	);
}

async function* all(
	{ store }: TelemetryContext,
	filter: Filter,
	limit: number,
): AsyncGenerator<readonly Request[]> {
	let beforeId = filter.beforeId;
	for (let left = limit; left > 0; left -= PAGE) {
		const page = await store.search({
			...filter,
			beforeId,
			limit: Math.min(PAGE, left),
		});
		yield page.requests;
		beforeId = page.nextBeforeId;
		if (beforeId === "") return;
	}
}

async function* arrayText(
	pages: AsyncIterable<readonly Request[]>,
	view: (request: Request) => unknown,
): AsyncGenerator<string> {
	let before = "[";
	for await (const page of pages)
		for (const request of page) {
			yield `${before}${JSON.stringify(view(request))}`;
			before = ",";
		}
	yield before === "[" ? "[]" : "]";
}

async function oneWithTrace(
	ctx: TelemetryContext,
	asked: Asked,
): Promise<TelemetryAnswer> {
	const filter = filterOf(asked);
	if (!isRequestId(filter.id)) return jsonAnswer([]);
	const { requests } = await ctx.store.search({ ...filter, limit: 1 });
	const view = viewOf(ctx);
	const rows = requests.map(async (request) => ({
		...view(request),
		...(await traceOf(ctx, request)),
	}));
	return jsonAnswer(await Promise.all(rows));
}
