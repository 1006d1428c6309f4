import { timestampFromMs, timestampMs } from "@bufbuild/protobuf/wkt";
import type { Client } from "@connectrpc/connect";
import { sql } from "kysely";
import type { StoreService } from "../../../gen/polytope/store/v1/store_pb.js";
import type { Clock } from "../../platform/clock.ts";
import { BOUNDS } from "../bounds.ts";
import type { Database } from "../database.ts";
import { beginOf, type Kept, WIDTH_MS, WIDTHS } from "./widths.ts";
import { widen, writeMinutes } from "./write.ts";

export interface RollContext {
	readonly db: Database;
	readonly store: Client<typeof StoreService>;
	/** The store's. */
	readonly clock: Clock;
	readonly kept: Kept;
}

/** A commit comes at most so much later than the end that it writes; those minutes are counted again now and then, ms. */
const LATE_MS = 180_000;
/** Nearly all come much sooner; so far back each count looks, ms. */
const SOON_MS = 15_000;
/** How much time one question to the store covers, ms: bounds what it answers after we were away. */
const WINDOW_MS = 600_000;
const TIMEOUT_MS = 30_000;

/**
 * Counts what ended since the last time, and the minutes before it again. It may be cut short at any line, and done by
 * two at once: what was counted is only ever raised to what the store says.
 *
 * @param late whether to look back as far as a commit may come late
 */
export async function roll(
	ctx: RollContext,
	signal: AbortSignal,
	late = true,
): Promise<void> {
	const now = ctx.clock.now();
	const first = await begin(ctx, late ? LATE_MS : SOON_MS);
	let since = first ?? now;
	let from = since;
	while (since < now && !signal.aborted) {
		const until = Math.min(since + WINDOW_MS, beginOf("minute", now) + 60_000);
		const next = await count(ctx, since, until);
		if (next >= now || beginOf("hour", next) > beginOf("hour", from)) {
			await widen(ctx.db, { since: from, until });
			await note(ctx, Math.min(until, now));
			from = next;
		}
		since = next;
	}
	await forget(ctx, now);
}

/** Undefined: nothing has ever ended. */
async function begin(
	{ db, store }: RollContext,
	backMs: number,
): Promise<number | undefined> {
	const row = await db
		.selectFrom("telemetry.progress")
		.select("until")
		.where("what", "=", "usage")
		.executeTakeFirst();
	if (row !== undefined) return beginOf("minute", row.until.getTime() - backMs);
	const none = timestampFromMs(0);
	const { earliest } = await store.usage({ since: none, until: none });
	return earliest && beginOf("minute", timestampMs(earliest));
}

/** @returns where to go on: after the window, or later where the store has nothing */
async function count(
	{ db, store }: RollContext,
	since: number,
	until: number,
): Promise<number> {
	const { usages, earliest } = await store.usage(
		{
			since: timestampFromMs(since),
			until: timestampFromMs(until),
			bounds: [...BOUNDS],
		},
		{ timeoutMs: TIMEOUT_MS },
	);
	if (usages.length > 0) await writeMinutes(db, usages);
	const first = earliest && beginOf("minute", timestampMs(earliest));
	return Math.max(until, first ?? Number.POSITIVE_INFINITY);
}

const note = ({ db }: RollContext, until: number) =>
	sql`
    insert into telemetry.progress as p (what, until) values ('usage', ${new Date(until)})
    on conflict (what) do update set until = greatest(p.until, excluded.until)`.execute(
		db,
	);

/** A day is counted from all its hours, an hour from all its minutes: so long the narrower ones must stay. */
const LEAST_MS = {
	minute: WIDTH_MS.hour,
	hour: 2 * WIDTH_MS.day,
	day: 2 * WIDTH_MS.day,
};

async function forget({ db, kept }: RollContext, now: number): Promise<void> {
	for (const width of WIDTHS) {
		const age = Math.max(kept[width], LEAST_MS[width]);
		// Nobody asks for users by the minute.
		const ageOfUsers = width === "minute" ? LEAST_MS.minute : age;
		const before = (ms: number): Date => new Date(beginOf("hour", now - ms));
		await db
			.deleteFrom(`telemetry.total_${width}`)
			.where("at", "<", before(age))
			.execute();
		await db
			.deleteFrom(`telemetry.usage_${width}`)
			.where("at", "<", before(ageOfUsers))
			.execute();
		if (width === "day")
			await db
				.deleteFrom("telemetry.usage_user")
				.where("last", "<", before(age))
				.execute();
	}
}
