import { z } from "zod";
import { duration, partUrl, text, whole } from "../values.ts";

/** Where requests, users and keys live. */
export const store = z
	.strictObject({
		url: partUrl(
			"`embedded:` starts a PostgreSQL in the data folder; `postgres://user:password@host/database` uses yours.",
			["embedded:", "postgres:", "postgresql:"],
		).prefault("embedded:"),
		connections: whole(
			"Connections that one store process holds at most; all of them together must stay below PostgreSQL's `max_connections`.",
			2,
			1000,
		).prefault(12),
		patience: duration(
			"How long a call waits for a PostgreSQL that is away before it is refused; a restart should fit in.",
		).prefault("6s"),
		connect_timeout: duration(
			"How long one try to connect may take, and a call may wait for a free connection.",
		).prefault("5s"),
		statement_timeout: duration("How long a statement may take.").prefault(
			"10s",
		),
		lock_timeout: duration(
			"How long a statement may wait for rows that others hold.",
		).prefault("5s"),
		application_name: text(
			"What PostgreSQL's views (`pg_stat_activity`) call our connections.",
		).prefault("polytope"),
	})
	.prefault({})
	.meta({
		description:
			"Where requests, users and keys are kept. An embedded PostgreSQL that dies is started again.",
	});

/** What processes share for a short while: rate limits above all. */
export const cache = z
	.strictObject({
		url: partUrl(
			"`memory:` serves one process; `redis://user:password@host:6379` (or `rediss:`, encrypted) is for several, which then share their limits. While Redis is away, each counts for itself.",
			["memory:", "redis://", "rediss://"],
		).prefault("memory:"),
	})
	.prefault({})
	.meta({ description: "Where rate limits are counted." });
