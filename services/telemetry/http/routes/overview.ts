import { timestampMs } from "@bufbuild/protobuf/wkt";
import { z } from "zod";
import {
	type LiveResponse,
	Status,
} from "../../../../gen/polytope/store/v1/store_pb.js";
import { statusName } from "../../../platform/lifecycle.ts";
import type { TelemetryContext } from "../../context.ts";
import type { Totals } from "../../usage/read.ts";
import { jsonAnswer } from "../problem.ts";
import type { Route } from "../route.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;
const TOP = 10;

const number = z.number();
const live = z.object({
	waiting: number,
	deferred: number.describe(
		"Of those that wait: not to be tried before a time.",
	),
	uploading: number,
	queued: number,
	processing: number,
	oldest_waiting: number
		.nullable()
		.describe("Seconds since 1970; of those that are next."),
});
type Live = z.infer<typeof live>;
const worker = z.object({
	id: z.string(),
	slots: number,
	busy: number,
	pools: z.array(z.string()).describe("Empty: all."),
	alive_until: number,
});
const ended = z.object({
	requests: number,
	processed: number,
	failed: number,
	cancelled: number,
	bytes: number,
	mean_seconds: number.nullable(),
});
const workforce = z.object({ workers: number, slots: number, busy: number });
const who = z.object({
	id: z.string(),
	username: z.string(),
	realm: z.string(),
	requests: number,
	bytes: number,
});

/** GET /queue: what waits and runs now. */
export const queue = ({ store }: TelemetryContext): Route => ({
	path: "/queue",
	summary: "What waits and runs now, in all and by collection.",
	schema: live.extend({ collections: z.record(z.string(), live) }),
	async handle() {
		const now = await store.live({});
		return jsonAnswer({ ...liveOf(now), collections: liveByCollection(now) });
	},
});

/** GET /workers: who works now. */
export const workers = ({ store }: TelemetryContext): Route => ({
	path: "/workers",
	summary: "The workers that are alive, and how busy they are.",
	schema: z.array(worker),
	async handle() {
		const now = await store.live({});
		return jsonAnswer(
			now.workers.map(({ id, slots, busy, pools, aliveUntil }) => ({
				id,
				slots,
				busy,
				pools,
				alive_until: aliveUntil ? timestampMs(aliveUntil) / 1000 : 0,
			})),
		);
	},
});

/** GET /collections: what is offered, and how it goes. */
export const collections = ({
	store,
	usage,
	config,
}: TelemetryContext): Route => ({
	path: "/collections",
	summary:
		"The collections: their datasources, what waits and runs, what ended in a day.",
	schema: z.array(
		z.object({
			name: z.string(),
			datasources: z.array(z.string()),
			live,
			last_24h: ended,
		}),
	),
	async handle() {
		const [now, totals] = await Promise.all([
			store.live({}),
			usage.totals(DAY_MS),
		]);
		const running = liveByCollection(now);
		return jsonAnswer(
			Object.entries(config.collections).map(([name, { datasources }]) => ({
				name,
				datasources: datasources.map(nameOf),
				live: running[name] ?? NOTHING,
				last_24h: endedOf(totals.filter((row) => row.collection === name)),
			})),
		);
	},
});

const nameOf = (datasource: unknown): string =>
	typeof datasource === "object" && datasource !== null && "name" in datasource
		? String(datasource.name)
		: String(datasource);

/** GET /summary: all of it at a glance. */
export const summary = (ctx: TelemetryContext): Route => ({
	path: "/summary",
	summary: "How it goes, at a glance.",
	schema: z.object({
		version: z.string(),
		time: number,
		live,
		workers: workforce,
		last_1h: ended.extend({ unique_users: number }),
		last_24h: ended.extend({ unique_users: number }),
		top_users_24h: z.array(who),
		usage_until: number
			.nullable()
			.describe("Until when ends are counted: seconds since 1970."),
		receiver: z.object({
			spans: number,
			rejected: number,
			metrics: number,
			kept: number,
			forwarded: number,
			dropped: number,
		}),
	}),
	async handle() {
		const { store, usage, clock, version } = ctx;
		const [now, hour, day, top, until] = await Promise.all([
			store.live({}),
			lately(ctx, HOUR_MS),
			lately(ctx, DAY_MS),
			usage.users(DAY_MS, TOP),
			usage.until(),
		]);
		return jsonAnswer({
			version,
			time: clock.now() / 1000,
			live: liveOf(now),
			workers: workforceOf(now),
			last_1h: hour,
			last_24h: day,
			top_users_24h: top,
			usage_until: until === undefined ? null : until / 1000,
			receiver: received(ctx),
		});
	},
});

async function lately({ usage }: TelemetryContext, windowMs: number) {
	const [totals, { users }] = await Promise.all([
		usage.totals(windowMs),
		usage.crowd(windowMs),
	]);
	return { ...endedOf(totals), unique_users: users };
}

const received = ({ receiver, keeper, forward }: TelemetryContext) => ({
	...receiver.counts,
	kept: keeper.count(),
	forwarded: forward?.counts.sent ?? 0,
	dropped: forward?.counts.dropped ?? 0,
});

function endedOf(totals: readonly Totals[]): z.infer<typeof ended> {
	const sum = (rows: readonly Totals[], of: (row: Totals) => number): number =>
		rows.reduce((all, row) => all + of(row), 0);
	const requests = sum(totals, (row) => row.requests);
	const count = (status: string): number =>
		sum(
			totals.filter((row) => row.status === status),
			(row) => row.requests,
		);
	return {
		requests,
		processed: count("processed"),
		failed: count("failed"),
		cancelled: count("cancelled"),
		bytes: sum(totals, (row) => row.bytes),
		mean_seconds:
			requests === 0 ? null : sum(totals, (row) => row.seconds) / requests,
	};
}

const workforceOf = ({ workers }: LiveResponse) => ({
	workers: workers.length,
	slots: workers.reduce((sum, { slots }) => sum + slots, 0),
	busy: workers.reduce((sum, { busy }) => sum + busy, 0),
});

const NOTHING: Live = {
	waiting: 0,
	deferred: 0,
	uploading: 0,
	queued: 0,
	processing: 0,
	oldest_waiting: null,
};

function liveByCollection({ counts, ...now }: LiveResponse) {
	const groups = Object.groupBy(counts, ({ collection }) => collection);
	return Object.fromEntries(
		Object.entries(groups).map(([name, mine = []]) => [
			name,
			liveOf({ ...now, counts: mine }),
		]),
	);
}

function liveOf({ counts }: LiveResponse): Live {
	const found = { ...NOTHING };
	for (const { status, requests, deferred, oldest } of counts) {
		const name = statusName(status);
		if (isLive(name)) found[name] += Number(requests);
		found.deferred += Number(deferred);
		if (status !== Status.WAITING || oldest === undefined) continue;
		const since = timestampMs(oldest) / 1000;
		found.oldest_waiting = Math.min(found.oldest_waiting ?? since, since);
	}
	return found;
}

const isLive = (
	name: string,
): name is "waiting" | "uploading" | "queued" | "processing" =>
	["waiting", "uploading", "queued", "processing"].includes(name);
