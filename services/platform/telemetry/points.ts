import type { Attributes } from "@opentelemetry/api";
import { millisToHrTime } from "@opentelemetry/core";
import type { DataPoint, Histogram } from "@opentelemetry/sdk-metrics";
import type { Labels } from "./instrument.ts";

/** Sets of attributes that one instrument may have; what is beyond is counted as one, as the SDK does it. */
const MOST = 2000;
const BEYOND: Attributes = { "otel.metric.overflow": true };

interface Node<P> {
	readonly next: Map<string | number, Node<P>>;
	point: P | undefined;
}

const newNode = <P>(): Node<P> => ({ next: new Map(), point: undefined });

/**
 * What an instrument has measured so far, by its attributes. They are found one value after the other: to measure
 * something makes nothing, and writes nothing down as text, which is most of what it costs the SDK.
 */
export class Points<Label extends string, P> {
	readonly #names: readonly Label[];
	readonly #make: () => P;
	readonly #root = newNode<P>();
	readonly #all: { readonly attributes: Attributes; readonly point: P }[] = [];
	readonly #start = millisToHrTime(Date.now());
	#beyond: P | undefined;

	constructor(names: readonly Label[], make: () => P) {
		this.#names = names;
		this.#make = make;
	}

	of(labels: Labels<Label>): P {
		let node = this.#root;
		for (const name of this.#names) {
			const value = labels[name];
			let next = node.next.get(value);
			if (next === undefined) {
				if (this.#all.length >= MOST) return this.#rest();
				next = newNode();
				node.next.set(value, next);
			}
			node = next;
		}
		node.point ??= this.#add(labels);
		return node.point;
	}

	/** @param read what is shown of each */
	data<V>(read: (point: P) => V): DataPoint<V>[] {
		const startTime = this.#start;
		const endTime = millisToHrTime(Date.now());
		return this.#all.map(({ attributes, point }) => ({
			...{ startTime, endTime, attributes, value: read(point) },
		}));
	}

	/** Only what the table names, whatever else the object that was handed over has. */
	#add(labels: Labels<Label>): P {
		const attributes = Object.fromEntries(
			this.#names.map((name) => [name, labels[name]]),
		);
		const point = this.#make();
		this.#all.push({ attributes, point });
		return point;
	}

	#rest(): P {
		if (this.#beyond === undefined) {
			this.#beyond = this.#make();
			this.#all.push({ attributes: BEYOND, point: this.#beyond });
		}
		return this.#beyond;
	}
}

/** A sum that only grows. */
export class Sum {
	value = 0;
}

/** How often values were up to each bound, and their sum. */
export class Spread {
	readonly #bounds: readonly number[];
	readonly #counts: number[];
	#count = 0;
	#sum = 0;

	constructor(bounds: readonly number[]) {
		this.#bounds = bounds;
		this.#counts = new Array<number>(bounds.length + 1).fill(0);
	}

	add(value: number): void {
		if (Number.isNaN(value)) return;
		let at = 0;
		while (at < this.#bounds.length && value > (this.#bounds[at] ?? value))
			at += 1;
		this.#counts[at] = (this.#counts[at] ?? 0) + 1;
		this.#count += 1;
		this.#sum += value;
	}

	read(): Histogram {
		return {
			buckets: { boundaries: [...this.#bounds], counts: [...this.#counts] },
			count: this.#count,
			sum: this.#sum,
		};
	}
}
