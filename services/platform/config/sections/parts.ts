import { z } from "zod";
import { partUrl } from "../values.ts";

/** Where requests, users and keys live. */
export const store = z
	.strictObject({
		url: partUrl(
			"`embedded:` starts a PostgreSQL in the data folder; `postgres://user:password@host/database` uses yours.",
			["embedded:", "postgres:", "postgresql:"],
		).prefault("embedded:"),
	})
	.prefault({})
	.meta({ description: "Where requests, users and keys are kept." });

/** What processes share for a short while: rate limits above all. */
export const cache = z
	.strictObject({
		url: partUrl(
			"`memory:` serves one process; `redis://user:password@host:6379` (or `rediss:`, encrypted) is for several, which then share their limits. While Redis is away, each counts for itself.",
			["memory:", "redis://", "rediss://"],
		).prefault("memory:"),
	})
	.prefault({})
	.meta({ description: "Rate limits and short-lived answers." });
