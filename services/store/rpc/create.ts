import { create } from "@bufbuild/protobuf";
import { sql } from "kysely";
import {
	type CreateRequest,
	CreateResponseSchema,
	Status,
} from "../../../gen/polytope/store/v1/store_pb.js";
import { fault } from "../../platform/faults.ts";
import { newRequestId } from "../../platform/ids.ts";
import type { StoreContext } from "../context.ts";
import { repeated } from "../repeat.ts";
import { type RequestRow, toRequest } from "../view.ts";

export const createRequest =
	(ctx: StoreContext) => async (message: CreateRequest) => {
		const id = newRequestId();
		const fresh = await repeated(
			async (time) =>
				(time > 0 ? await findById(ctx, id) : undefined) ??
				insert(ctx, message, id),
		);
		if (fresh !== undefined) {
			ctx.changes.announce([
				{ requestId: fresh.id, status: Status.WAITING, attempt: 0 },
			]);
			return create(CreateResponseSchema, {
				request: toRequest(fresh),
				created: true,
			});
		}
		const earlier = await ctx.db
			.selectFrom("request")
			.selectAll()
			.where("user_id", "=", message.user?.id ?? "")
			.where("idempotency_key", "=", message.idempotencyKey)
			.executeTakeFirst();
		if (earlier === undefined)
			throw fault(
				"UNAVAILABLE",
				"the request with this Idempotency-Key was just removed",
			);
		return create(CreateResponseSchema, {
			request: toRequest(earlier),
			created: false,
		});
	};

/** The row that a first try left, whose answer was lost. */
const findById = ({ db }: StoreContext, id: string) =>
	db.selectFrom("request").selectAll().where("id", "=", id).executeTakeFirst();

/** One statement: the row, and its lane with it. Undefined: this user has used the idempotency key before. */
async function insert(
	{ db, clock }: StoreContext,
	message: CreateRequest,
	id: string,
): Promise<RequestRow | undefined> {
	const { user } = message;
	if (user === undefined || user.id === "")
		throw fault("INVALID", "a request needs a user");
	if (message.collection === "")
		throw fault("INVALID", "a request needs a collection");
	const now = clock.now();
	const at = new Date(now);
	const history = JSON.stringify([{ s: "waiting", t: now, a: 0 }]);
	const key = message.idempotencyKey === "" ? null : message.idempotencyKey;
	const { rows } = await sql<RequestRow>`
    with fresh as (
      insert into request (id, user_id, username, realm, roles, attributes, collection, verb, status, priority, labels,
        posted, posted_json, coerced, datasource, url, traceparent, idempotency_key, history, created_at, modified_at)
      values (${id}, ${user.id}, ${user.username}, ${user.realm}, ${user.roles},
        ${JSON.stringify(user.attributes)}, ${message.collection}, ${message.verb}, 'waiting', ${message.priority},
        ${JSON.stringify(message.labels)}, ${message.posted}, ${message.postedJson}, ${message.coerced},
        ${message.datasource}, ${message.url}, ${message.traceparent}, ${key}, ${history}, ${at}, ${at})
      on conflict (user_id, idempotency_key) where idempotency_key is not null do nothing
      returning *
    ),
    followed as (
      insert into lane (collection, user_id, waiting, cap, head)
      select collection, user_id, 1, ${message.laneLimit}, seq from fresh
      on conflict (collection, user_id) do update set
        waiting = lane.waiting + 1,
        cap = excluded.cap,
        head = case when lane.waiting > 0 then least(lane.head, excluded.head) else excluded.head end
    )
    select * from fresh`.execute(db);
	return rows[0];
}
