import fc from "fast-check";
import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
	done,
	openTestStore,
	type Place,
	type TestStore,
} from "../../../test/kit/store.ts";
import { SETTINGS } from "../../platform/postgres/settings.ts";
import { type Database, openDatabase } from "../database.ts";
import { usageReader } from "./read.ts";
import { roll } from "./roll.ts";
import { WIDTH_MS, WIDTHS } from "./widths.ts";

const KEPT = {
	minute: WIDTH_MS.day,
	hour: 30 * WIDTH_MS.day,
	day: 800 * WIDTH_MS.day,
};
const NEVER = new AbortController().signal;

let own: TestStore;
let db: Database;
beforeAll(async () => {
	own = await openTestStore();
	db = await openDatabase(own.database.connection, SETTINGS);
});
afterAll(async () => {
	await db.destroy();
	await own[Symbol.asyncDispose]();
});

const now = () => own.clock.ms;
const count = () =>
	roll({ db, store: own.store, clock: { now }, kept: KEPT }, NEVER);

/** Everything that one width says of users, and of all together, a text for each row. */
async function rolled(width: (typeof WIDTHS)[number]): Promise<string[]> {
	const { rows } = await sql<{ line: string }>`
    select concat_ws(' ', user_id, collection, status, sum(requests), sum(bytes)) as line
    from ${sql.table(`telemetry.usage_${width}`)} group by user_id, collection, status
    union all
    select concat_ws(' ', 'all', collection, status, sum(requests), sum(bytes), sum(took_0), sum(took_9), sum(worked_9))
    from ${sql.table(`telemetry.total_${width}`)} group by collection, status
    order by 1`.execute(db);
	return rows.map(({ line }) => line);
}

/** The same from the requests themselves. */
async function counted(): Promise<string[]> {
	const { rows } = await sql<{ line: string }>`
    with ended as (
      select *, modified_at - created_at as took from request where status in ('processed', 'failed', 'cancelled')
    )
    select concat_ws(' ', user_id, collection, status, count(*), coalesce(sum(content_length), 0)) as line
    from ended group by user_id, collection, status
    union all
    select concat_ws(' ', 'all', collection, status, count(*), coalesce(sum(content_length), 0),
      count(*) filter (where took <= interval '0.5 s'), count(*) filter (where took <= interval '300 s'),
      count(*) filter (where status = 'processed'))
    from ended group by collection, status
    order by 1`.execute(own.db);
	return rows.map(({ line }) => line);
}

type Step =
	| { readonly kind: "end"; readonly how: "processed" | "failed" | "cancelled" }
	| { readonly kind: "pass"; readonly ms: number }
	| { readonly kind: "count" };

const step: fc.Arbitrary<Step> = fc.oneof(
	{
		weight: 5,
		arbitrary: fc.record({
			kind: fc.constant("end" as const),
			how: fc.constantFrom("processed", "failed", "cancelled"),
		}),
	},
	{
		weight: 3,
		arbitrary: fc.record({
			kind: fc.constant("pass" as const),
			ms: fc.oneof(fc.nat(90_000), fc.nat(5 * WIDTH_MS.hour)),
		}),
	},
	{ weight: 2, arbitrary: fc.constant({ kind: "count" as const }) },
);

async function take(at: Place, one: Step): Promise<void> {
	if (one.kind === "count") return count();
	if (one.kind === "pass") {
		own.clock.ms += one.ms;
		return;
	}
	if (one.how === "cancelled") {
		const { id } = await own.submit(at);
		await own.store.cancel({ id, userId: at.userId });
		return;
	}
	const attempt = await own.processing(at);
	own.clock.ms += 250;
	await own.store.settle({
		settlements: [
			one.how === "processed"
				? done(attempt)
				: {
						attempt: { requestId: attempt.id, attempt: attempt.attempt },
						outcome: { case: "failed", value: "no" },
					},
		],
	});
}

describe("usage", () => {
	it("is what the requests themselves say, in each width, whenever it was counted", async () => {
		const runs = fc.array(step, { minLength: 5, maxLength: 25 });
		await fc.assert(
			fc.asyncProperty(runs, fc.nat(1), async (steps, which) => {
				const places = [own.own(), own.own()];
				for (const [index, one] of steps.entries())
					await take(places[(index + which) % 2] ?? own.own(), one);
				await count();
				const truth = await counted();
				// Minutes go when their hour is counted; what they said is in the hours.
				for (const width of ["hour", "day"] as const)
					expect([width, await rolled(width)]).toEqual([width, truth]);
			}),
			{ numRuns: 6 },
		);
	}, 60_000);

	it("counts nothing twice, and keeps what expired in the store", async () => {
		const at = own.own();
		await take(at, { kind: "end", how: "processed" });
		await Promise.all([count(), count()]);
		const before = await Promise.all(WIDTHS.map(rolled));
		await own.db.deleteFrom("request").execute();
		await count();
		await count();
		expect(await Promise.all(WIDTHS.map(rolled))).toEqual(before);
	});

	it("sees a commit that came late", async () => {
		const at = own.own();
		await take(at, { kind: "end", how: "processed" });
		await count();
		own.clock.ms += 30_000;
		const late = await own.processing(at);
		await own.store.settle({ settlements: [done(late)] });
		own.clock.ms += 100_000;
		await own.db
			.updateTable("request")
			.set({ modified_at: new Date(own.clock.ms - 110_000) })
			.where("id", "=", late.id)
			.execute();
		await count();
		const reader = usageReader(db, now, KEPT);
		const totals = await reader.totals(WIDTH_MS.hour);
		expect(
			totals.filter(({ collection }) => collection === at.collection),
		).toMatchObject([{ status: "processed", requests: 2, bytes: 10 }]);
		const top = await reader.users(WIDTH_MS.hour, 100);
		expect(top.find(({ id }) => id === at.userId)).toMatchObject({
			username: "a",
			realm: "r",
			requests: 2,
		});
	});

	it("forgets what is old, the narrow before the wide", async () => {
		const at = own.own();
		await take(at, { kind: "end", how: "failed" });
		await count();
		own.clock.ms += 3 * WIDTH_MS.day;
		await count();
		const lines = await Promise.all(WIDTHS.map(rolled));
		expect(lines.map((all) => all.join().includes(at.collection))).toEqual([
			false,
			true,
			true,
		]);
	});
});
