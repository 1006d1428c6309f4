import { z } from "zod";
import { DSN_FORM, isDsn } from "../../sentry/dsn.ts";
import { duration, flag, partUrl, size, text, whole } from "../values.ts";

const roleNames = z
	.union(
		[
			z.string().transform((list) => list.split(",").map((one) => one.trim())),
			z.array(z.string().min(1)),
		],
		{ error: "expected a list of roles, or roles separated by commas" },
	)
	.meta({
		description: "Who may read `/telemetry/v1/`: roles, in any realm.",
		kind: "list of text",
	})
	.prefault(["polytope-telemetry", "polytope-admin"]);

const FRAME = /^\d{1,4}[smhd]$/;

/** How a receiver of OTLP is spoken to. */
const receiver = {
	endpoint: z
		.string()
		.refine((url) => /^https?:\/\/[^/]/.test(url) && URL.canParse(url), {
			error: "expected a URL such as http://collector:4317",
		})
		.transform((url) => url.replace(/\/+$/, ""))
		.meta({
			description:
				"Address, without `/v1/traces`; 4317 is the usual port of `grpc`, 4318 that of `http/protobuf`.",
			kind: "http(s) URL",
		}),
	protocol: z
		.enum(["grpc", "http/protobuf"], {
			error: "expected grpc or http/protobuf",
		})
		.meta({
			description: "How it is spoken to.",
			kind: "grpc, http/protobuf",
		})
		.prefault("grpc"),
	headers: z
		.record(z.string(), z.string())
		.meta({
			description: "Sent with each call; keys best from the environment.",
			kind: "map of text",
		})
		.prefault({}),
};

/** Where the spans of this process go besides the telemetry role, or without one. */
const otlp = z.strictObject(receiver).optional();

/** Another receiver of all that the telemetry role receives. */
const forward = z
	.strictObject({
		...receiver,
		queue: size(
			"How much may wait for it, at most; then the oldest goes.",
		).prefault("16MiB"),
	})
	.optional();

const sentry = z
	.strictObject({
		dsn: text(
			"Where Sentry takes errors of ours; best from the environment. Left out, the environment variable `SENTRY_DSN`; without either nothing is sent.",
		)
			.refine(isDsn, { error: DSN_FORM })
			.optional(),
		environment: text("What this installation is called there.").prefault(
			"production",
		),
	})
	.prefault({});

/** What is kept of what happened, who may read it, and where it goes besides. */
export const telemetry = z
	.strictObject({
		sampling: z
			.preprocess(
				(value) => (typeof value === "string" ? Number(value) : value),
				z
					.number({ error: "expected a number from 0 to 1" })
					.min(0, "expected a number from 0 to 1")
					.max(1, "expected a number from 0 to 1"),
			)
			.meta({
				description:
					"Of all traces, those that have inner spans (calls, datasources, staging), from 0 to 1. The same for all processes. What a client says in its `traceparent` counts instead. Spans of a request's life are always made.",
				kind: "number from 0 to 1",
			})
			.prefault(0.05),
		otlp,
		store: partUrl(
			"PostgreSQL for spans and usage, `postgres://user:password@host/database`; left out, that of `store.url`. The tables are in a schema of their own, `telemetry`.",
			["postgres:", "postgresql:"],
		).optional(),
		connections: whole(
			"Connections of one telemetry process to it, at most.",
			1,
			100,
		).prefault(4),
		allowed_roles: roleNames,
		open_health: flag(
			"Whether `/telemetry/v1/health` is told to everybody.",
		).prefault(false),
		user_attributes: z
			.array(text("The name of an attribute."))
			.meta({
				description:
					"Attributes of users that `/telemetry/v1/` shows; all others stay hidden, as they may be secrets.",
				kind: "list of text",
			})
			.prefault([]),
		spans: z
			.strictObject({
				age: duration("How long inner spans are kept.").prefault("3d"),
				most: whole(
					"How many are kept; beyond, the oldest go, an hour's at once.",
					1000,
					1_000_000_000,
				).prefault(1_000_000),
			})
			.prefault({}),
		usage: z
			.strictObject({
				interval: duration("How often it is counted.").prefault("10s"),
				minutes: duration("How long usage by the minute is kept.").prefault(
					"3h",
				),
				hours: duration("… by the hour.").prefault("8d"),
				days: duration("… by the day.").prefault("400d"),
				timeframes: z
					.array(
						z.string().regex(FRAME, "a time frame looks like 5m, 1h or 7d"),
						{ error: "expected a list of time frames" },
					)
					.meta({
						description: "What `/telemetry/v1/metrics` counts over.",
						kind: "list of text",
					})
					.prefault(["1h", "24h", "7d"]),
			})
			.prefault({}),
		max_body: size("How large one message of OTLP may be.").prefault("8MiB"),
		forward,
		sentry,
	})
	.prefault({})
	.meta({
		description:
			"What is kept of what happened, for `/telemetry/v1/`: inner spans, as received by OTLP, and usage, as counted in the store.",
	});
