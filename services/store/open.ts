import { create } from "@bufbuild/protobuf";
import { RequeueRequestSchema } from "../../gen/polytope/store/v1/store_pb.js";
import { type Clock, systemClock } from "../platform/clock.ts";
import type { Config } from "../platform/config/schema.ts";
import { openBroadcast } from "../platform/nats/broadcast.ts";
import { patiently } from "../platform/patiently.ts";
import type { DatabaseSettings } from "../platform/postgres/settings.ts";
import type { Around, OpenRole } from "../platform/role.ts";
import { type Changes, openChanges } from "./changes.ts";
import { openDatabaseClock } from "./clock.ts";
import type { StoreContext } from "./context.ts";
import { type Database, openDatabase } from "./database.ts";
import { startCounts } from "./measure.ts";
import { openRecorder, recorded } from "./recorder.ts";
import { requeue } from "./rpc/requeue.ts";
import { storeRoutes } from "./service.ts";

/** The store: PostgreSQL, of our own or somebody's, behind its RPCs. */
export async function openStore(
	around: Around<never, "database">,
): Promise<OpenRole> {
	const { config, parts, stack } = around;
	const { connection, embedded } = parts.database;
	const db = await patiently(around, "PostgreSQL", () =>
		openDatabase(connection, settingsOf(config)),
	);
	stack.defer(() => db.destroy());
	const recorder = stack.use(openRecorder(db, around.log));
	const changes = recorded(await openBell(around), recorder);
	const clock = await clockOf(db, around);
	const ctx: StoreContext = { db, changes, clock, log: around.log };
	startCounts(Object.keys(config.collections));
	if (embedded) await giveBackOwn(ctx, config);
	return { routes: storeRoutes(ctx) };
}

/** PostgreSQL's, unless somebody has set one. */
async function clockOf(
	db: Database,
	{ clock, loop }: Pick<Around, "clock" | "loop">,
): Promise<Clock> {
	if (clock !== systemClock) return clock;
	const theirs = await openDatabaseClock(db);
	loop(theirs.follow);
	return theirs;
}

/** Of its 60 connections the embedded PostgreSQL keeps some for itself, and for people who look into it. */
const EMBEDDED_CONNECTIONS = 50;

const settingsOf = ({ store }: Config): DatabaseSettings => ({
	connections: store.url.startsWith("embedded:")
		? Math.min(store.connections, EMBEDDED_CONNECTIONS)
		: store.connections,
	patienceMs: store.patience,
	connectMs: store.connect_timeout,
	statementMs: store.statement_timeout,
	lockMs: store.lock_timeout,
	name: store.application_name,
});

/** The bell: of this process alone, or with NATS of all replicas. */
async function openBell({ config, log, stack }: Around): Promise<Changes> {
	const { queue } = config;
	if (queue.url === "memory:") return openChanges();
	const broadcast = await openBroadcast(queue, `${queue.name}.changes`, log);
	return openChanges({ broadcast: stack.use(broadcast), log });
}

const BATCH = 1000;

/**
 * An embedded start knows that what ran here before is dead, workers and leaders too: it need not wait for leases, nor for dispatches
 * that went with the memory queue.
 */
async function giveBackOwn(ctx: StoreContext, config: Config): Promise<void> {
	await ctx.db.deleteFrom("worker").execute();
	await ctx.db.deleteFrom("leader").execute();
	const request = create(RequeueRequestSchema, {
		limit: BATCH,
		maxAttempts: config.lease.attempts,
		allProcessing: true,
	});
	for (;;) {
		const { requeued, failed } = await requeue(ctx)(request);
		if (requeued.length + failed.length < BATCH) return;
	}
}
