import { create } from "@bufbuild/protobuf";
import { sql } from "kysely";
import {
	type CreateManyRequest,
	CreateManyResponseSchema,
	type CreateRequest,
	type CreateResponse,
	CreateResponseSchema,
	Status,
} from "../../../gen/polytope/store/v1/store_pb.js";
import { fault } from "../../platform/faults.ts";
import { statusOf } from "../../platform/lifecycle.ts";
import { requestAccepted } from "../../platform/telemetry/events.ts";
import type { StoreContext } from "../context.ts";
import { type Draft, draftOf } from "../draft.ts";
import { repeated } from "../repeat.ts";
import { tellOf } from "../telling.ts";
import { type RequestRow, toRequest } from "../view.ts";

/** Submissions that share one statement and one commit at most. */
const MOST = 64;

export const createRequest =
	(ctx: StoreContext) => async (message: CreateRequest) => {
		const [answer] = await createAll(ctx, [message]);
		if (answer === undefined) throw new Error("a creation has no answer");
		return answer;
	};

export const createMany =
	(ctx: StoreContext) =>
	async ({ requests }: CreateManyRequest) => {
		if (requests.length === 0 || requests.length > MOST)
			throw fault("INVALID", `1 to ${MOST} requests can be created at once`);
		const responses = await createAll(ctx, requests);
		return create(CreateManyResponseSchema, { responses });
	};

async function createAll(
	ctx: StoreContext,
	messages: readonly CreateRequest[],
): Promise<CreateResponse[]> {
	const now = ctx.clock.now();
	const drafts = messages.map((message) => draftOf(message, now));
	let again = false;
	const seqs = await repeated((time) => {
		again = time > 0;
		return insert(ctx, drafts);
	});
	const rows = await Promise.all(
		drafts.map((draft) => {
			const seq = seqs.get(draft.id);
			return seq === undefined ? findEarlier(ctx, draft) : { ...draft, seq };
		}),
	);
	const isOwn = ({ id }: RequestRow, place: number): boolean =>
		id === drafts[place]?.id;
	ctx.changes.announce(
		rows.filter(isOwn).map(({ id, status, attempt }) => ({
			requestId: id,
			status: statusOf(status) ?? Status.UNSPECIFIED,
			attempt,
		})),
	);
	// What an earlier call has created was told then.
	tellOf(
		ctx.log,
		requestAccepted,
		rows.filter(
			(row, place) => isOwn(row, place) && (again || seqs.has(row.id)),
		),
	);
	return rows.map((row, place) =>
		create(CreateResponseSchema, {
			request: toRequest(row),
			created: isOwn(row, place),
		}),
	);
}

/** What is there in the place of a draft: itself, from a first try whose answer was lost, or what bears the same key. */
async function findEarlier(
	{ db }: StoreContext,
	{ id, user_id, idempotency_key }: Draft,
): Promise<RequestRow> {
	const earlier = await db
		.selectFrom("request")
		.selectAll()
		.where("user_id", "=", user_id)
		.where(({ eb, or }) =>
			or([eb("id", "=", id), eb("idempotency_key", "=", idempotency_key)]),
		)
		.executeTakeFirst();
	if (earlier === undefined)
		throw fault(
			"UNAVAILABLE",
			"the request with this Idempotency-Key was just removed",
		);
	return earlier;
}

/**
 * One statement: the rows, and their lanes with them, which do not know requests that are uploading. Answers the places of
 * drafts in the order of submission, by id; a draft without one is there already, or bears an idempotency key that its user
 * has used before.
 */
async function insert(
	{ db }: StoreContext,
	drafts: readonly Draft[],
): Promise<ReadonlyMap<string, string>> {
	const all = <K extends keyof Draft>(column: K) =>
		drafts.map((draft) => draft[column]);
	const { rows } = await sql<Pick<RequestRow, "id" | "seq">>`
    with draft as (
      select * from unnest(${all("id")}::uuid[], ${all("user_id")}::text[], ${all("username")}::text[],
        ${all("realm")}::text[], ${drafts.map((d) => JSON.stringify(d.roles))}::jsonb[],
        ${drafts.map((d) => JSON.stringify(d.attributes))}::jsonb[], ${all("collection")}::text[], ${all("verb")}::text[],
        ${all("priority")}::int[], ${drafts.map((d) => JSON.stringify(d.labels))}::jsonb[], ${all("posted")}::text[],
        ${all("posted_json")}::bool[], ${all("coerced")}::text[], ${all("datasource")}::text[], ${all("url")}::text[],
        ${all("traceparent")}::text[], ${all("idempotency_key")}::text[],
        ${drafts.map((d) => JSON.stringify(d.history))}::jsonb[], ${all("created_at")}::timestamptz[],
        ${drafts.map((d) => d.lane_limit)}::int[], ${all("status")}::text[])
      with ordinality as d(id, user_id, username, realm, roles, attributes, collection, verb, priority, labels, posted,
        posted_json, coerced, datasource, url, traceparent, idempotency_key, history, created_at, cap, status, place)
    ),
    fresh as (
      insert into request (id, user_id, username, realm, roles, attributes, collection, verb, status, priority, labels,
        posted, posted_json, coerced, datasource, url, traceparent, idempotency_key, history, created_at, modified_at)
      select id, user_id, username, realm, array(select jsonb_array_elements_text(roles)), attributes, collection, verb,
        status, priority, labels, posted, posted_json, coerced, datasource, url, traceparent, idempotency_key, history,
        created_at, created_at
      from draft order by place
      on conflict do nothing
      returning id, seq
    ),
    followed as (
      insert into lane (collection, user_id, waiting, cap, head)
      select d.collection, d.user_id, count(*), max(d.cap), min(f.seq)
      from fresh f join draft d on d.id = f.id where d.status = 'waiting'
      group by d.collection, d.user_id order by d.collection, d.user_id
      on conflict (collection, user_id) do update set
        waiting = lane.waiting + excluded.waiting,
        cap = excluded.cap,
        head = case when lane.waiting > 0 then least(lane.head, excluded.head) else excluded.head end
    )
    select id, seq from fresh`.execute(db);
	return new Map(rows.map(({ id, seq }) => [id, seq]));
}
