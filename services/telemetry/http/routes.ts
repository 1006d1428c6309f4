import { z } from "zod";
import type { TelemetryContext } from "../context.ts";
import { jsonAnswer } from "./problem.ts";
import type { Route } from "./route.ts";
import { applicationMetrics, metrics } from "./routes/metrics.ts";
import { collections, queue, summary, workers } from "./routes/overview.ts";
import { requests } from "./routes/requests.ts";

/** The one that may be open to all (`telemetry.open_health`). */
export const HEALTH = "/health";

/** All there is below `/telemetry/v1`. */
export function routesOf(ctx: TelemetryContext): readonly Route[] {
	const named: readonly Route[] = [
		health,
		...requests(ctx),
		metrics(ctx),
		applicationMetrics(ctx),
		summary(ctx),
		collections(ctx),
		workers(ctx),
		queue(ctx),
	];
	return [index(named.map(({ path }) => path.slice(1))), ...named];
}

const index = (paths: readonly string[]): Route => ({
	path: "/",
	summary: "What there is to be asked for.",
	schema: z.array(z.string()),
	handle: async () => jsonAnswer(paths),
});

const health: Route = {
	path: HEALTH,
	summary: "Whether it is alive.",
	schema: z.object({ message: z.string() }),
	handle: async () =>
		jsonAnswer({ message: "Polytope telemetry server is alive" }),
};
