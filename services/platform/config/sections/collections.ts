import { z } from "zod";
import { DEFAULT_POOL } from "../../pools.ts";
import { duration, poolName, whole } from "../values.ts";
import { datasourceEntry } from "./datasources.ts";
import { roles } from "./roles.ts";

const limit = (description: string) => whole(description, 0, 1_000_000_000);

const limits = z
	.strictObject({
		total: limit("Requests in flight in the whole collection.").optional(),
		"per-user": limit("Requests in flight of one user.").optional(),
		"per-role": z
			.record(z.string(), z.record(z.string(), limit("Requests in flight.")))
			.meta({
				description:
					"Requests in flight of a user with this role, `{realm: {role: n}}`; the largest of a user's roles holds, before `per-user`.",
				kind: "map of realm to map of role to whole number",
			})
			.optional(),
	})
	.prefault({})
	.meta({ description: "How many requests may be queued or processing." });

/** What users choose from: a name, who may, how much, and the datasources tried in order. */
export const collection = z.strictObject({
	roles: roles(
		"Who may use it. Left out: every authenticated user while the sample configuration is on, otherwise nobody.",
	).optional(),
	limits,
	datasources: z
		.array(datasourceEntry, {
			error: "expected a list of datasources",
		})
		.min(1, "needs at least one datasource")
		.meta({
			description:
				"Tried in order; the first that matches serves the request. Each a name, or a map with `name` and what to override.",
			kind: "list of datasources",
		}),
	time_limit: duration("How long an attempt may run.").prefault("24h"),
	pool: poolName(
		"The workers that serve it: those whose `worker.pools` names this.",
	).prefault(DEFAULT_POOL),
});
