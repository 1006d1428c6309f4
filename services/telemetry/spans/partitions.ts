import { sql } from "kysely";
import type { Database } from "../database.ts";

const HOUR_MS = 3_600_000;

/** Begin of the hour of a time, ms since 1970. */
export const hourOf = (ms: number): number => ms - (ms % HOUR_MS);

const nameOf = (hour: number): string =>
	`span_${new Date(hour).toISOString().slice(0, 13).replaceAll(/\D/g, "")}`;

/** Makes room for spans that began in this hour. Several processes may do so at once. */
export async function makeHour(db: Database, hour: number): Promise<void> {
	const from = new Date(hour).toISOString();
	const to = new Date(hour + HOUR_MS).toISOString();
	// Statements that define tables take no parameters; these are dates of our own.
	await sql`
    create table if not exists ${sql.table(`telemetry.${nameOf(hour)}`)}
    partition of telemetry.span for values from (${sql.lit(from)}) to (${sql.lit(to)})`
		.execute(db)
		.catch((reason) => {
			if (!madeByAnother(reason)) throw reason;
		});
	await db
		.insertInto("telemetry.span_hour")
		.values({ hour: new Date(hour), spans: 0 })
		.onConflict((conflict) => conflict.doNothing())
		.execute();
}

/** Unique violation in a catalogue, a table or a range that is there: another process was faster. */
const madeByAnother = (reason: unknown): boolean =>
	reason instanceof Error &&
	"code" in reason &&
	["23505", "42P07", "42P17"].includes(String(reason.code));

/** Whether a span was to be kept for whose hour there is no room (yet, or any more). */
export const lacksHour = (reason: unknown): boolean =>
	reason instanceof Error && "code" in reason && reason.code === "23514";

/** Takes an hour away, with all that is in it. */
export const dropHour = (db: Database, hour: number): Promise<void> =>
	db.transaction().execute(async (tx) => {
		await sql`drop table if exists ${sql.table(`telemetry.${nameOf(hour)}`)}`.execute(
			tx,
		);
		await tx
			.deleteFrom("telemetry.span_hour")
			.where("hour", "=", new Date(hour))
			.execute();
	});
