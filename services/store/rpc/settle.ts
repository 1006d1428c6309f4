import { create } from "@bufbuild/protobuf";
import { sql } from "kysely";
import {
	type Settlement,
	type SettleRequest,
	SettleResponseSchema,
} from "../../../gen/polytope/store/v1/store_pb.js";
import { fault } from "../../platform/faults.ts";
import { statusOf } from "../../platform/lifecycle.ts";
import type { Log } from "../../platform/log.ts";
import {
	requestFailed,
	requestProcessed,
	requestReleased,
} from "../../platform/telemetry/events.ts";
import type { Announced } from "../changes.ts";
import type { StoreContext } from "../context.ts";
import type { Database } from "../database.ts";
import { countRetry, measureEnds } from "../measure.ts";
import { requestId } from "../parse.ts";
import { lanesFollow } from "../statements.ts";
import { tellOf } from "../telling.ts";
import { defer } from "./defer.ts";

export const settle =
	(ctx: StoreContext) =>
	async ({ settlements }: SettleRequest) => {
		const faulty = settlements.flatMap(({ attempt, outcome }) =>
			outcome.case === "temporary" && attempt !== undefined
				? [{ attempt, fault: outcome.value }]
				: [],
		);
		const items = settlements
			.filter(({ outcome }) => outcome.case !== "temporary")
			.map(toItem);
		const done = [
			...(await settleEnds(ctx, items)),
			...(await defer(ctx, faulty)),
		];
		ctx.changes.announce(done);
		const settled = new Set(done.map((change) => change.requestId));
		return create(SettleResponseSchema, {
			lost: settlements.flatMap(({ attempt }) =>
				attempt === undefined || settled.has(attempt.requestId)
					? []
					: [attempt],
			),
		});
	};

/** One guarded statement for all; answers what is settled, now or by an earlier try of this call. */
async function settleEnds(
	{ db, clock, log }: StoreContext,
	items: readonly Item[],
): Promise<Announced[]> {
	if (items.length === 0) return [];
	const now = clock.now();
	const { rows } = await sql<Ended>`
      with item as (
        select * from jsonb_to_recordset(${JSON.stringify(items)}::jsonb) as i(id uuid, attempt int, key text, status text, reason text,
          message text, media_type text, length bigint, sha256 text, md5 text, uncounted boolean)
      ),
      held as materialized (
        select r.id from request r join item i on i.id = r.id
        where r.status = 'processing' and r.attempt = i.attempt and (i.key = '' or r.staging_key = i.key) order by r.id for update of r
      ),
      changed as (
        update request r set status = i.status, modified_at = ${new Date(now)}, lease_until = null,
          user_message = i.message, media_type = i.media_type, content_length = i.length, sha256 = i.sha256, md5 = i.md5,
          staging_key = case when i.status = 'processed' then r.staging_key end,
          tries = r.tries - case when i.uncounted then 1 else 0 end,
          history = r.history || jsonb_build_array(jsonb_strip_nulls(
            jsonb_build_object('s', i.status, 't', ${now}::float8, 'a', r.attempt, 'r', i.reason)))
        from item i join held h on h.id = i.id where r.id = i.id
        returning r.id, r.status, r.attempt, r.collection, r.user_id, r.seq, i.reason, r.content_length, r.created_at, r.traceparent
      ),
      moved as (select collection, user_id, seq, 'processing' as came_from, status as went_to from changed),
      ${lanesFollow}
      select id, status, attempt, collection, reason, content_length, created_at, traceparent from changed`.execute(
		db,
	);
	measureEnds(rows, now);
	for (const { status, collection } of rows)
		if (status === "waiting") countRetry(collection, "drained");
	tellEnds(log, rows, now);
	const settled = new Set(rows.map((row) => row.id));
	const open = items.filter((item) => !settled.has(item.id));
	for (const id of await settledBefore(db, open)) settled.add(id);
	return items.flatMap(({ id, attempt, ...item }) => {
		const status = statusOf(item.status);
		return settled.has(id) && status !== undefined
			? [{ requestId: id, status, attempt }]
			: [];
	});
}

interface Ended {
	id: string;
	status: "processed" | "failed" | "waiting";
	attempt: number;
	collection: string;
	reason: string | null;
	content_length: string | null;
	created_at: Date;
	traceparent: string;
}

const TELL = {
	processed: requestProcessed,
	failed: requestFailed,
	waiting: requestReleased,
};

function tellEnds(log: Log, rows: readonly Ended[], now: number): void {
	for (const { reason, content_length, created_at, ...row } of rows)
		tellOf(log, TELL[row.status], [
			{
				...row,
				duration: now - created_at.getTime(),
				reason: reason ?? undefined,
				bytes: content_length === null ? undefined : Number(content_length),
			},
		]);
}

/**
 * Ids of those that are settled like this already: a settlement that is sent twice is made. Only what ended otherwise is
 * lost.
 */
async function settledBefore(
	db: Database,
	items: readonly Item[],
): Promise<string[]> {
	if (items.length === 0) return [];
	const rows = await db
		.selectFrom("request")
		.select(["id", "attempt", "status", "staging_key"])
		.where(
			"id",
			"in",
			items.map((item) => item.id),
		)
		.execute();
	return items.flatMap((item) =>
		rows.some(
			(row) =>
				row.id === item.id &&
				row.attempt === item.attempt &&
				row.status === item.status &&
				(row.status !== "processed" ||
					[row.staging_key, ""].includes(item.key)),
		)
			? [item.id]
			: [],
	);
}

type Item = ReturnType<typeof toItem>;

function toItem({ attempt, outcome, userMessage, uncounted }: Settlement) {
	const at = {
		id: requestId(attempt?.requestId ?? ""),
		attempt: attempt?.attempt ?? 0,
		key: attempt?.stagingKey ?? "",
		message: userMessage,
	};
	switch (outcome.case) {
		case "processed":
			return {
				...at,
				status: "processed" as const,
				reason: null,
				media_type: outcome.value.mediaType,
				length: String(outcome.value.length),
				sha256: outcome.value.sha256,
				md5: outcome.value.md5,
				uncounted: false,
			};
		case "archived":
			return {
				...at,
				status: "processed" as const,
				reason: null,
				uncounted: false,
			};
		case "failed":
			return {
				...at,
				status: "failed" as const,
				reason: outcome.value,
				uncounted: false,
			};
		case "released":
			return {
				...at,
				status: "waiting" as const,
				reason: outcome.value,
				uncounted,
			};
		default:
			throw fault("INVALID", `the settlement of ${at.id} has no outcome`);
	}
}
