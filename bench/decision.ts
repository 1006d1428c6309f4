import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { create } from "@bufbuild/protobuf";
import { durationFromMs } from "@bufbuild/protobuf/wkt";
import { sql } from "kysely";
import type { PoolConfig } from "pg";
import {
	AdmitRequestSchema,
	ClaimRequestSchema,
	LanesRequestSchema,
	RenewRequestSchema,
	SettleRequestSchema,
} from "../gen/polytope/store/v1/store_pb.js";
import { DEPTH, LANES } from "../services/broker/broker.ts";
import { decide, type Pick } from "../services/broker/decide.ts";
import { toView } from "../services/broker/view.ts";
import { systemClock } from "../services/platform/clock.ts";
import { openLog } from "../services/platform/log.ts";
import { openEmbedded } from "../services/platform/postgres/embedded/postgres.ts";
import { SETTINGS } from "../services/platform/postgres/settings.ts";
import { openChanges } from "../services/store/changes.ts";
import type { StoreContext } from "../services/store/context.ts";
import { openDatabase } from "../services/store/database.ts";
import { admit } from "../services/store/rpc/admit.ts";
import { claim } from "../services/store/rpc/claim.ts";
import { lanes } from "../services/store/rpc/lanes.ts";
import { renew } from "../services/store/rpc/renew.ts";
import { settle } from "../services/store/rpc/settle.ts";
import { type Benchmark, quantile } from "./measure.ts";

const FEW = 1_000;
const MANY = 1_000_000;
const USERS = 1_000;
const ROUNDS = 200;
const WARM_UP = 50;
/** Workers' slots: a decision admits twice as many. */
const SLOTS = 10;

/** What it costs to say who is next, and to admit them, while few or many wait; both of a thousand users. */
export const decision: Benchmark = {
	name: "decision",
	async run() {
		const few = await measured(FEW);
		const many = await measured(MANY);
		const most = [{ at: "most", bound: 2, of: "ratio" }] as const;
		return [
			{ name: "decision, 10³ waiting", value: few.decided, unit: "ms" },
			{
				name: "decision, 10⁶ waiting",
				value: many.decided,
				unit: "ms",
				baseline: few.decided,
				goals: most,
			},
			{ name: "decision and admission, 10³", value: few.admitted, unit: "ms" },
			{
				name: "decision and admission, 10⁶",
				value: many.admitted,
				unit: "ms",
				baseline: few.admitted,
				goals: most,
			},
		];
	},
};

export interface Costs {
	/** Reading the lanes and deciding, ms. */
	readonly decided: number;
	/** The same, and admitting what was decided, ms. */
	readonly admitted: number;
	/** Requests admitted a second, one round after the other. */
	readonly rate: number;
}

async function measured(waiting: number): Promise<Costs> {
	const folder = await mkdtemp(join(tmpdir(), "bench-"));
	await using server = await openEmbedded({
		folder,
		log: openLog("warn", { out: process.stderr }),
		temporary: true,
	});
	return await measuredOn(server.connection, waiting);
}

/** The same on a database that is there, and empty. */
export async function measuredOn(
	connection: PoolConfig,
	waiting: number,
): Promise<Costs> {
	await using db = await openDatabase(connection, {
		...SETTINGS,
		// Making a million rows takes its time.
		statementMs: 600_000,
	});
	const ctx = {
		db,
		changes: openChanges(),
		clock: systemClock,
		log: openLog("silent"),
	};
	await fill(ctx, waiting);
	const decided: number[] = [];
	const admitted: number[] = [];
	let count = 0;
	for (let round = -WARM_UP; round < ROUNDS; round++) {
		const from = performance.now();
		const picks = await look(ctx);
		const between = performance.now();
		const { dispatches } = await admit(ctx)(
			create(AdmitRequestSchema, { admissions: picks }),
		);
		const until = performance.now();
		if (dispatches.length === 0) throw new Error("nothing was admitted");
		await giveBack(ctx, dispatches);
		if (round < 0) continue;
		decided.push(between - from);
		admitted.push(until - from);
		count += dispatches.length;
	}
	const taken = admitted.reduce((sum, ms) => sum + ms, 0);
	return {
		decided: quantile(decided, 0.5),
		admitted: quantile(admitted, 0.5),
		rate: (count / taken) * 1000,
	};
}

async function look(ctx: StoreContext): Promise<Pick[]> {
	const read = await lanes(ctx)(
		create(LanesRequestSchema, {
			collections: ["echo"],
			limit: LANES,
			depth: DEPTH,
		}),
	);
	return decide(toView(read, LANES), {
		totals: new Map(),
		poolOf: () => "default",
	});
}

const lease = durationFromMs(60_000);
const workerId = "bench";

/** What was admitted waits again, so that every round finds the same. */
async function giveBack(
	ctx: StoreContext,
	dispatches: readonly { requestId: string; attempt: number }[],
): Promise<void> {
	const attempts = dispatches.map(({ requestId, attempt }) => ({
		requestId,
		attempt,
	}));
	await claim(ctx)(create(ClaimRequestSchema, { workerId, attempts, lease }));
	await settle(ctx)(
		create(SettleRequestSchema, {
			settlements: attempts.map((attempt) => ({
				attempt,
				outcome: { case: "released" as const, value: "benchmark" },
				uncounted: true,
			})),
		}),
	);
	await renew(ctx)(
		create(RenewRequestSchema, { workerId, slots: SLOTS, lease }),
	);
}

async function fill(ctx: StoreContext, waiting: number): Promise<void> {
	await sql`
    insert into request (id, user_id, username, realm, roles, attributes, collection, verb, status, labels, posted,
      posted_json, coerced, datasource, history, created_at, modified_at)
    select gen_random_uuid(), 'user-' || n % ${USERS}::int, 'user', 'bench', '{default}', '{}', 'echo', 'retrieve',
      'waiting', '{}', '{}', true, '{}', 'echo', '[]', now(), now()
    from generate_series(1, ${waiting}::int) as n`.execute(ctx.db);
	await sql`
    insert into lane (collection, user_id, waiting, head)
    select collection, user_id, count(*), min(seq) from request group by collection, user_id`.execute(
		ctx.db,
	);
	for (const table of ["request", "lane"])
		await sql`vacuum analyze ${sql.table(table)}`.execute(ctx.db);
	// What writing all this left to be written is not part of what follows.
	await sql`checkpoint`.execute(ctx.db);
	// Last: a worker that was silent for long does not count.
	await renew(ctx)(
		create(RenewRequestSchema, { workerId, slots: SLOTS, lease }),
	);
}
