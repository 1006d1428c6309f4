import { z } from "zod";
import { LEVELS } from "../../log/levels.ts";
import { duration, poolName, size, whole } from "../values.ts";

/** How long a worker may be silent. */
export const lease = z
	.strictObject({
		duration: duration(
			"How long a worker may be silent before its attempt is given up.",
		).prefault("15s"),
		renew: duration("How often a worker renews its leases.").prefault("5s"),
		attempts: whole(
			"How many attempts a request gets before it is failed.",
			1,
			100,
		).prefault(3),
		leader: duration(
			"How long the leading broker or collector may be silent before another one takes over.",
		).prefault("3s"),
	})
	.refine((lease) => lease.leader > 0, {
		error: "must be longer than 0",
		path: ["leader"],
	})
	.refine((lease) => lease.renew * 2 <= lease.duration, {
		error: "'renew' must be at most half of 'duration'",
		path: ["renew"],
	})
	.prefault({})
	.meta({ description: "Leases of running attempts." });

/** Trying again what met a temporary fault. */
export const retry = z
	.strictObject({
		times: whole(
			"How often a request is tried again after its datasource had a temporary fault; then it fails.",
			0,
			1000,
		).prefault(5),
		first: duration(
			"Delay before the first new try; it doubles each time. About a half of each delay is random.",
		).prefault("5s"),
		most: duration("Longest delay.").prefault("10m"),
	})
	.prefault({})
	.meta({
		description:
			"Trying again what met a temporary fault of its datasource. After outages of ours it is tried without end.",
	});

/** What one worker process does at once. */
export const worker = z
	.strictObject({
		concurrency: whole(
			"Requests that one worker process serves at once.",
			1,
			10_000,
		).prefault(64),
		pools: z
			.array(poolName("A pool."), { error: "expected a list of pools" })
			.min(1, "needs at least one pool")
			.meta({
				description:
					"The pools whose collections this worker process serves; left out: all.",
				kind: "list of text",
			})
			.optional(),
		drain: duration(
			"How long running requests may go on after a stop signal; then they are given back.",
		).prefault("5s"),
		patience: duration(
			"How long staging, or its S3, may be away in the middle of a result; then the request is given back, to be tried again later.",
		).prefault("30s"),
	})
	.prefault({})
	.meta({ description: "Serving requests." });

/** The broker wakes at once by itself; the sweep heals missed wakes. */
export const broker = z
	.strictObject({
		sweep: duration(
			"How often the broker looks without having been woken.",
		).prefault("10s"),
	})
	.prefault({})
	.meta({ description: "Scheduling." });

/** v1's `garbage-collector`, plus the expiry of unfinished uploads. */
export const garbageCollector = z
	.strictObject({
		interval: duration("How often the collector runs.").prefault("60s"),
		threshold: size(
			"Staged bytes from which the oldest results make room.",
		).prefault("10G"),
		age: duration(
			"How long a finished request and its result are kept.",
		).prefault("24h"),
		upload_age: duration(
			"How long a request may wait for its upload.",
		).prefault("24h"),
		dangling_age: duration(
			"How old a staged object that no request knows of must be before it is removed.",
		).prefault("10m"),
	})
	.refine((collector) => collector.interval > 0, {
		error: "must be longer than 0",
		path: ["interval"],
	})
	.prefault({})
	.meta({ description: "Removing what expired, making room in staging." });

/** A level, in any case. */
const level = (description: string) =>
	z
		.preprocess(
			(level) => (typeof level === "string" ? level.toLowerCase() : level),
			z.enum(LEVELS, { error: `expected one of ${LEVELS.join(", ")}` }),
		)
		.meta({ description, kind: LEVELS.join(", ") });

/** Who has a log of its own; `process` is what roles hold in common. */
const SPEAKERS = [
	"process",
	"gateway",
	"store",
	"broker",
	"worker",
	"staging",
	"identity",
	"collector",
	"telemetry",
] as const;

/** v1's `logging.level`, in any case. */
export const logging = z
	.strictObject({
		level: level(
			"The least level that is logged; `info` unless said, on a terminal `warn`.",
		).optional(),
		levels: z
			.partialRecord(z.enum(SPEAKERS), level("Of this role."))
			.meta({
				description:
					"Levels of single roles, such as `worker: debug`; `process` is what the roles of a process hold in common.",
				kind: "map of levels",
			})
			.prefault({}),
	})
	.prefault({})
	.meta({
		description:
			"JSON lines on standard output; lines for people on a terminal. An operator can change levels while a process runs, see docs/logs.md.",
	});
