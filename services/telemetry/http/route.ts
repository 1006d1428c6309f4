import type { z } from "zod";
import type { TelemetryAnswer } from "../../platform/telemetry-door.ts";

/** What was asked, as a route sees it. */
export interface Asked {
	readonly query: URLSearchParams;
	/** What stands in place of `{…}` in the path, decoded. */
	readonly named: string;
}

export interface Parameter {
	readonly name: string;
	readonly description: string;
	readonly schema: z.ZodType;
	/** In the path rather than the query. */
	readonly inPath?: true;
}

/** One GET below `/telemetry/v1`. */
export interface Route {
	/** With at most one `{name}`, which stands for one segment. */
	readonly path: string;
	readonly summary: string;
	readonly parameters?: readonly Parameter[];
	/** JSON, as this says; without it, Prometheus text. */
	readonly schema?: z.ZodType;
	readonly handle: (asked: Asked) => Promise<TelemetryAnswer>;
}
