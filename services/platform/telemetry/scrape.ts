import { PrometheusSerializer } from "@opentelemetry/exporter-prometheus";
import { emptyResource } from "@opentelemetry/resources";
import {
	AggregationTemporality,
	type CollectionResult,
	InstrumentType,
	type MetricData,
	MetricReader,
	type ResourceMetrics,
} from "@opentelemetry/sdk-metrics";
import { type Described, METER, readMeasured } from "./instrument.ts";

/** What units become in a name, as Prometheus wants it: base units, spelt out. */
const UNITS: Readonly<Record<string, string>> = {
	s: "_seconds",
	By: "_bytes",
	"1": "_ratio",
};

/**
 * All instruments of this process for whoever scrapes it. A gauge shows what is watched at that moment alone: with
 * cumulative temporality the SDK would go on showing what nobody watches any more.
 */
export class Scrape extends MetricReader {
	readonly #serializer = new PrometheusSerializer(
		undefined,
		false,
		undefined,
		false,
		true,
	);

	constructor() {
		super({
			metricProducers: [{ collect: async () => ownMetrics() }],
			aggregationTemporalitySelector: (type) =>
				type === InstrumentType.OBSERVABLE_GAUGE
					? AggregationTemporality.DELTA
					: AggregationTemporality.CUMULATIVE,
		});
	}

	/** Prometheus's text of all that was measured. @throws AggregateError of what could not be read */
	async text(): Promise<string> {
		const { resourceMetrics, errors } = await this.collect();
		if (errors.length > 0)
			throw new AggregateError(errors, "some metrics could not be read");
		return this.#serializer.serialize(inPrometheus(resourceMetrics));
	}

	protected async onForceFlush(): Promise<void> {
		// Nothing is held back here.
	}

	protected async onShutdown(): Promise<void> {
		// Whoever scrapes sees that the port is gone.
	}
}

/** What is counted without the SDK, as one more of its sources. */
const ownMetrics = (): CollectionResult => ({
	resourceMetrics: {
		resource: emptyResource(),
		scopeMetrics: [
			{
				scope: { name: METER },
				metrics: readMeasured().filter(
					({ dataPoints }) => dataPoints.length > 0,
				),
			},
		],
	},
	errors: [],
});

const inPrometheus = ({
	resource,
	scopeMetrics,
}: ResourceMetrics): ResourceMetrics => ({
	resource,
	scopeMetrics: scopeMetrics.map(({ scope, metrics }) => ({
		scope,
		metrics: metrics.map(withUnit),
	})),
});

/** The unit goes into the name, by which Prometheus knows it. */
function withUnit(metric: MetricData): MetricData {
	const { descriptor } = metric;
	const name = named(descriptor);
	return { ...metric, descriptor: { ...descriptor, name, unit: "" } };
}

const named = ({ name, unit }: { name: string; unit: string }): string =>
	`${name}${UNITS[unit] ?? ""}`;

/** What Prometheus calls an instrument. */
export const prometheusName = (instrument: Described): string =>
	named(instrument).replaceAll(".", "_") +
	(["counter", "running total"].includes(instrument.kind) ? "_total" : "");
