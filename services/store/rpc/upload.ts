import { create } from "@bufbuild/protobuf";
import { sql } from "kysely";
import {
	type BeginUploadRequest,
	BeginUploadResponseSchema,
	type EndUploadRequest,
	EndUploadResponseSchema,
	Status,
} from "../../../gen/polytope/store/v1/store_pb.js";
import { fault } from "../../platform/faults.ts";
import { newStagingKey } from "../../platform/ids.ts";
import { requestUploaded } from "../../platform/telemetry/events.ts";
import type { StoreContext } from "../context.ts";
import { requestId } from "../parse.ts";
import { appended } from "../statements.ts";
import { tellOf } from "../telling.ts";
import { type RequestRow, toRequest } from "../view.ts";

/**
 * The key is noted before a byte flows, so that what a cut upload leaves is found. It decides nothing: a call that stood
 * still on its way may come after that of a later upload, whose bytes are all there.
 */
export const beginUpload =
	(ctx: StoreContext) =>
	async ({ id, userId }: BeginUploadRequest) => {
		const key = newStagingKey();
		const row = await ctx.db
			.updateTable("request")
			.set({
				input_key: key,
				input_length: null,
				input_sha256: null,
				input_md5: null,
				modified_at: new Date(ctx.clock.now()),
			})
			.where("id", "=", requestId(id))
			.where("user_id", "=", userId)
			.where("status", "=", "uploading")
			.returning("input_key")
			.executeTakeFirst();
		if (row === undefined) throw await whyNot(ctx, id, userId);
		return create(BeginUploadResponseSchema, { stagingKey: key });
	};

export const endUpload =
	(ctx: StoreContext) =>
	async ({ id, userId, input, laneLimit }: EndUploadRequest) => {
		if (input === undefined || input.key === "")
			throw fault("INVALID", "the end of an upload needs its input");
		const now = ctx.clock.now();
		const { rows } = await sql<RequestRow>`
      with fresh as (
        update request r set status = 'waiting', modified_at = ${new Date(now)}, input_key = ${input.key},
          input_length = ${input.length}, input_sha256 = ${input.sha256}, input_md5 = ${input.md5},
          history = ${appended("waiting", now, sql`r.attempt`)}
        where id = ${requestId(id)} and user_id = ${userId} and status = 'uploading'
        returning r.*
      ),
      followed as (
        insert into lane (collection, user_id, waiting, cap, head)
        select collection, user_id, 1, ${laneLimit}, seq from fresh
        on conflict (collection, user_id) do update set
          waiting = lane.waiting + 1,
          cap = excluded.cap,
          head = case when lane.waiting > 0 then least(lane.head, excluded.head) else excluded.head end
      )
      select * from fresh`.execute(ctx.db);
		const row = rows[0] ?? (await endedBefore(ctx, id, input.key));
		if (row === undefined) throw await whyNot(ctx, id, userId);
		ctx.changes.announce([
			{ requestId: id, status: Status.WAITING, attempt: row.attempt },
		]);
		tellOf(ctx.log, requestUploaded, rows);
		return create(EndUploadResponseSchema, { request: toRequest(row) });
	};

/** The row, when this very upload was ended before and only the answer was lost. */
const endedBefore = ({ db }: StoreContext, id: string, key: string) =>
	db
		.selectFrom("request")
		.selectAll()
		.where("id", "=", id)
		.where("input_key", "=", key)
		.where("input_length", "is not", null)
		.where("status", "not in", ["uploading", "cancelled", "failed"])
		.executeTakeFirst();

async function whyNot({ db }: StoreContext, id: string, userId: string) {
	const found = await db
		.selectFrom("request")
		.select(["status", "hidden"])
		.where("id", "=", id)
		.where("user_id", "=", userId)
		.executeTakeFirst();
	if (found === undefined || found.hidden)
		return fault("NOT_FOUND", `Request ${id} not found`);
	return fault(
		"CONFLICT",
		`Request ${id} is ${found.status}: it does not wait for data`,
	);
}
