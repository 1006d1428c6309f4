import { faultOf } from "../../platform/faults.ts";
import type {
	TelemetryAnswer,
	TelemetryCall,
	TelemetryDoor,
} from "../../platform/telemetry-door.ts";
import type { TelemetryContext } from "../context.ts";
import { admit } from "./access.ts";
import { describe, PREFIX } from "./describe.ts";
import { Refusal, refused } from "./problem.ts";
import type { Route } from "./route.ts";
import { HEALTH, routesOf } from "./routes.ts";

/** Answers whatever is asked below `/telemetry/v1`, at any door. */
export function openAnswers(ctx: TelemetryContext): TelemetryDoor {
	const routes = routesOf(ctx);
	const { allowed_roles: roles, open_health: open } = ctx.config.telemetry;
	const answer = async (call: TelemetryCall): Promise<TelemetryAnswer> => {
		const { pathname, searchParams } = new URL(call.target, "http://telemetry");
		const path = pathname.slice(PREFIX.length).replace(/\/+$/, "") || "/";
		if (!(open && path === HEALTH)) await admit(call, roles);
		const [found] = routes.flatMap((route) => {
			const named = matched(route, path);
			return named === undefined ? [] : [{ route, named }];
		});
		if (found === undefined) throw new Refusal(404, "Not Found");
		if (call.method !== "GET" && call.method !== "HEAD")
			throw new Refusal(405, "Method Not Allowed", { allow: "GET, HEAD" });
		return found.route.handle({ query: searchParams, named: found.named });
	};
	return {
		paths: describe(routes, open ? [HEALTH] : []),
		answer: async (call) => {
			try {
				return unstored(await answer(call));
			} catch (reason) {
				return unstored(refused(refusalOf(ctx, reason)));
			}
		},
	};
}

/** What stands in place of `{…}`; empty where the path has none, undefined when it is another path. */
function matched({ path: pattern }: Route, path: string): string | undefined {
	const [before = "", after] = pattern.split(/\{\w+\}/);
	if (after === undefined) return path === pattern ? "" : undefined;
	if (!path.startsWith(before) || !path.endsWith(after)) return undefined;
	const segment = path.slice(before.length, path.length - after.length);
	return segment === "" || segment.includes("/") ? undefined : decoded(segment);
}

function decoded(segment: string): string {
	try {
		return decodeURIComponent(segment);
	} catch {
		throw new Refusal(404, "Not Found");
	}
}

const unstored = (answer: TelemetryAnswer): TelemetryAnswer => ({
	...answer,
	headers: { "cache-control": "no-store", ...answer.headers },
});

/** @throws what neither we nor a service meant to say: the door knows what to do with a bug, and with its own refusals */
function refusalOf({ log }: TelemetryContext, reason: unknown): Refusal {
	if (reason instanceof Refusal) return reason;
	const known = faultOf(reason);
	if (known === undefined) throw reason;
	log.warn({ event: "telemetry.failed", err: reason }, "an answer failed");
	const again = known.retry ? { "retry-after": "5" } : undefined;
	return new Refusal(known.http, known.message, again);
}
