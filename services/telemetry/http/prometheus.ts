import type { TelemetryAnswer } from "../../platform/telemetry-door.ts";

type Labels = Readonly<Record<string, string>>;

/** One line: a suffix to the family's name, labels, and the value. */
interface Sample {
	readonly suffix?: string;
	readonly labels?: Labels;
	readonly value: number;
}

export interface Family {
	readonly name: string;
	readonly help: string;
	readonly type: "gauge" | "histogram";
	readonly samples: readonly Sample[];
}

/** The text format of Prometheus. https://prometheus.io/docs/instrumenting/exposition_formats/ */
export const prometheus = (families: readonly Family[]): TelemetryAnswer => ({
	status: 200,
	headers: { "content-type": "text/plain; version=0.0.4; charset=utf-8" },
	body: families.map(familyText).join(""),
});

const familyText = ({ name, help, type, samples }: Family): string =>
	[
		`# HELP ${name} ${help}`,
		`# TYPE ${name} ${type}`,
		...samples.map(
			({ suffix = "", labels = {}, value }) =>
				`${name}${suffix}${labelText(labels)} ${value}`,
		),
		"",
	].join("\n");

function labelText(labels: Labels): string {
	const pairs = Object.entries(labels).map(
		([name, value]) => `${name}="${escaped(value)}"`,
	);
	return pairs.length === 0 ? "" : `{${pairs.join(",")}}`;
}

const escaped = (value: string): string =>
	value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");

/** @param within how many are at most each bound */
export const histogramSamples = (
	labels: Labels,
	bounds: readonly number[],
	{
		within,
		sum,
		count,
	}: {
		readonly within: readonly number[];
		readonly sum: number;
		readonly count: number;
	},
): Sample[] => [
	...bounds.map((bound, index) => ({
		suffix: "_bucket",
		labels: {
			...labels,
			le: Number.isInteger(bound) ? bound.toFixed(1) : String(bound),
		},
		value: within[index] ?? 0,
	})),
	{ suffix: "_bucket", labels: { ...labels, le: "+Inf" }, value: count },
	{ suffix: "_sum", labels, value: sum },
	{ suffix: "_count", labels, value: count },
];
