import {
	type Attributes,
	type Meter,
	type MeterProvider,
	metrics,
	type ObservableResult,
	ValueType,
} from "@opentelemetry/api";
import {
	AggregationTemporality,
	DataPointType,
	type MetricData,
} from "@opentelemetry/sdk-metrics";
import { Points, Spread, Sum } from "./points.ts";

/** What the table says of an instrument. */
export interface InstrumentSpec<Label extends string> {
	/** UCUM, as OpenTelemetry wants it: `s`, `By`, `1`, `{request}`. */
	readonly unit: string;
	/** For people; one sentence. */
	readonly help: string;
	/** The attributes that a measurement has, all of them; each may have few values only. */
	readonly labels: readonly Label[];
	/** What an operator reads it from, for the documentation. */
	readonly roles: string;
}

export interface HistogramSpec<Label extends string>
	extends InstrumentSpec<Label> {
	/** Upper bounds of its buckets. */
	readonly buckets: readonly number[];
}

/** Values of an instrument's attributes: exactly those that the table names. */
export type Labels<Label extends string> = Readonly<
	Record<Label, string | number>
>;

/** What is known of an instrument, whatever its kind. */
export interface Described {
	readonly name: string;
	readonly kind: "counter" | "histogram" | "gauge" | "running total";
	readonly unit: string;
	readonly help: string;
	readonly labels: readonly string[];
	readonly roles: string;
}

export interface Counter<Label extends string> extends Described {
	add(value: number, labels: Labels<Label>): void;
}

export interface Histogram<Label extends string> extends Described {
	record(value: number, labels: Labels<Label>): void;
}

/** What a gauge shows at one moment: a value for each set of attributes. */
export type Reading<Label extends string> = readonly [
	value: number,
	labels: Labels<Label>,
];

export interface Gauge<Label extends string> extends Described {
	/**
	 * Asks `read` whenever somebody looks, until disposed. It answers at once, from memory: whoever needs a database or
	 * another process for it keeps what was heard last.
	 */
	watch(read: () => Iterable<Reading<Label>>): Disposable;
}

export const METER = "polytope";

/**
 * Makes an instrument, or what it has measured, for the meter provider that is registered at the moment: the API's own is
 * a no-op for ever to whoever asked it before the SDK was there, and tests register several, one after the other.
 */
function lazily<I>(make: (meter: Meter) => I): () => I {
	let provider: MeterProvider | undefined;
	let made: I | undefined;
	return () => {
		const now = metrics.getMeterProvider();
		if (made === undefined || provider !== now) {
			provider = now;
			made = make(now.getMeter(METER));
		}
		return made;
	};
}

/** Only what the table names, whatever else the object that was handed over has. */
function picker<Label extends string>(
	names: readonly Label[],
): (labels: Labels<Label>) => Attributes {
	return (labels) => {
		const picked: Attributes = {};
		for (const name of names) picked[name] = labels[name];
		return picked;
	};
}

/** What counters and histograms say when somebody looks. */
const measured = new Set<() => MetricData>();

/** What was measured since the SDK was started. */
export const readMeasured = (): MetricData[] =>
	[...measured].map((read) => read());

const described = (
	name: string,
	{ unit, help }: InstrumentSpec<string>,
	valueType: ValueType,
) => ({ name, unit, description: help, valueType });

export function counter<const Label extends string>(
	name: string,
	spec: InstrumentSpec<Label>,
): Counter<Label> {
	const points = lazily(() => new Points(spec.labels, () => new Sum()));
	measured.add(() => ({
		descriptor: described(name, spec, ValueType.DOUBLE),
		aggregationTemporality: AggregationTemporality.CUMULATIVE,
		dataPointType: DataPointType.SUM,
		isMonotonic: true,
		dataPoints: points().data(({ value }) => value),
	}));
	return {
		...spec,
		name,
		kind: "counter",
		add(value, labels) {
			points().of(labels).value += value;
		},
	};
}

export function histogram<const Label extends string>(
	name: string,
	{ buckets, ...spec }: HistogramSpec<Label>,
): Histogram<Label> {
	const points = lazily(
		() => new Points(spec.labels, () => new Spread(buckets)),
	);
	measured.add(() => ({
		descriptor: described(name, spec, ValueType.DOUBLE),
		aggregationTemporality: AggregationTemporality.CUMULATIVE,
		dataPointType: DataPointType.HISTOGRAM,
		dataPoints: points().data((point) => point.read()),
	}));
	return {
		...spec,
		name,
		kind: "histogram",
		record: (value, labels) => points().of(labels).add(value),
	};
}

/** Gauges are asked rather than told, so they must exist before anybody looks. */
const gauges = new Set<() => void>();

/** Lets all gauges be seen by the meter provider that is registered now. Called when the SDK has been started. */
export function bindGauges(): void {
	for (const bind of gauges) bind();
}

/** A value that goes up and down. */
export const gauge = <const Label extends string>(
	name: string,
	spec: InstrumentSpec<Label>,
): Gauge<Label> => observed("gauge", name, spec);

/** A value that only grows, and that somebody else counts: processor time, for instance. */
export const runningTotal = <const Label extends string>(
	name: string,
	spec: InstrumentSpec<Label>,
): Gauge<Label> => observed("running total", name, spec);

function observed<Label extends string>(
	kind: "gauge" | "running total",
	name: string,
	spec: InstrumentSpec<Label>,
): Gauge<Label> {
	const { unit, help } = spec;
	const watchers = new Set<() => Iterable<Reading<Label>>>();
	const pick = picker(spec.labels);
	const show = (result: ObservableResult): void => {
		for (const read of watchers)
			for (const [value, labels] of read()) result.observe(value, pick(labels));
	};
	const bind = lazily((meter) => {
		const options = { unit, description: help };
		const made =
			kind === "gauge"
				? meter.createObservableGauge(name, options)
				: meter.createObservableCounter(name, options);
		made.addCallback(show);
		return made;
	});
	gauges.add(bind);
	return {
		...spec,
		name,
		kind,
		watch(read) {
			bind();
			watchers.add(read);
			return { [Symbol.dispose]: () => void watchers.delete(read) };
		},
	};
}
