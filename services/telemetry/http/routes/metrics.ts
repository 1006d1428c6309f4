import { z } from "zod";
import type { LiveCount } from "../../../../gen/polytope/store/v1/store_pb.js";
import { statusName } from "../../../platform/lifecycle.ts";
import { BOUNDS } from "../../bounds.ts";
import type { TelemetryContext } from "../../context.ts";
import type { Totals } from "../../usage/read.ts";
import { windowOf } from "../parameters.ts";
import { jsonAnswer, Refusal } from "../problem.ts";
import { type Family, histogramSamples, prometheus } from "../prometheus.ts";
import type { Route } from "../route.ts";

const text = (name: string, description: string) => ({
	name,
	description,
	schema: z.string(),
});

const counted = z.object({
	requests: z.number(),
	unique_users: z.number(),
});

/** GET /metrics: how many requests and users there were, in all and over the configured time frames. */
export const metrics = ({ usage, config }: TelemetryContext): Route => ({
	path: "/metrics",
	summary: "Usage over the configured time frames, as Prometheus text or JSON.",
	parameters: [text("format", "`prometheus` (default) or `json`.")],
	schema: z.object({
		total_requests: z.number(),
		unique_users: z.number(),
		time_frames: z.record(z.string(), counted),
	}),
	async handle({ query }) {
		const format = query.get("format") ?? "prometheus";
		if (format !== "prometheus" && format !== "json")
			throw new Refusal(400, `Unsupported output format: ${format}`);
		const all = await usage.crowd();
		const { timeframes } = config.telemetry.usage;
		const frames = await Promise.all(
			timeframes.map(
				async (frame) =>
					[`last_${frame}`, await usage.crowd(windowOf(frame))] as const,
			),
		);
		if (format === "json")
			return jsonAnswer({
				total_requests: all.requests,
				unique_users: all.users,
				time_frames: Object.fromEntries(
					frames.map(([name, { requests, users }]) => [
						name,
						{ requests, unique_users: users },
					]),
				),
			});
		return prometheus([
			gauge("total_requests", "Requests that ended, in all.", all.requests),
			gauge(
				"unique_users",
				"Users who asked for something, in all.",
				all.users,
			),
			...frames.flatMap(([name, { requests, users }]) => [
				gauge(`requests_${name}`, "Requests that ended lately.", requests),
				gauge(`unique_users_${name}`, "Users of those requests.", users),
			]),
		]);
	},
});

const gauge = (name: string, help: string, value: number): Family => ({
	name: `polytope_${name}`,
	help,
	type: "gauge",
	samples: [{ value }],
});

const CROWDS = ["5m", "1h", "1d", "3d"];

/** GET /application-metrics: v1's series over a window. What has not ended is counted as of now. */
export const applicationMetrics = (ctx: TelemetryContext): Route => ({
	path: "/application-metrics",
	summary: "Requests, bytes and durations over a window, as Prometheus text.",
	parameters: [
		text("window", "`5m` (default): a number and s, m, h or d."),
		text("sections", "`counters,histograms` (default), or one of them."),
	],
	async handle({ query }) {
		const sections = (query.get("sections") ?? "counters,histograms")
			.split(",")
			.map((section) => section.trim());
		const totals = await ctx.usage.totals(windowOf(query.get("window")));
		return prometheus([
			...(sections.includes("counters") ? await counters(ctx, totals) : []),
			...(sections.includes("histograms") ? histograms(totals) : []),
		]);
	},
});

const labelsOf = ({ collection, datasource, realm }: Totals) => ({
	collection,
	datasource,
	realm,
});

async function counters(
	{ store, usage }: TelemetryContext,
	totals: readonly Totals[],
): Promise<Family[]> {
	const { counts } = await store.live({});
	const crowds = await Promise.all(
		CROWDS.map(async (window) => ({
			labels: { window },
			value: (await usage.crowd(windowOf(window))).users,
		})),
	);
	return [
		{
			name: "polytope_requests_total",
			help: "Requests that ended in the window, and those that have not ended as of now.",
			type: "gauge",
			samples: [
				...totals.map((row) => ({
					labels: { status: row.status, ...labelsOf(row) },
					value: row.requests,
				})),
				...counts.map(liveSample),
			],
		},
		{
			name: "polytope_bytes_served_total",
			help: "Bytes of results of the window.",
			type: "gauge",
			samples: totals
				.filter(({ status }) => status === "processed")
				.map((row) => ({ labels: labelsOf(row), value: row.bytes })),
		},
		{
			name: "polytope_unique_users",
			help: "Users whose requests ended lately.",
			type: "gauge",
			samples: crowds,
		},
	];
}

/** Those that wait are counted by collection alone. */
const liveSample = ({ collection, status, requests }: LiveCount) => ({
	labels: {
		status: statusName(status),
		collection,
		datasource: "",
		realm: "",
	},
	value: Number(requests),
});

const histograms = (totals: readonly Totals[]): Family[] => [
	{
		name: "polytope_request_duration_seconds",
		help: "From submission to end.",
		type: "histogram",
		samples: totals
			.filter(({ status }) => status !== "cancelled")
			.flatMap((row) =>
				histogramSamples({ status: row.status, ...labelsOf(row) }, BOUNDS, {
					within: row.took,
					sum: row.seconds,
					count: row.requests,
				}),
			),
	},
	{
		name: "polytope_processing_seconds",
		help: "The last attempt of processed requests.",
		type: "histogram",
		samples: totals
			.filter(({ status }) => status === "processed")
			.flatMap((row) =>
				histogramSamples(labelsOf(row), BOUNDS, {
					within: row.worked,
					sum: row.attemptSeconds,
					count: row.requests,
				}),
			),
	},
];
