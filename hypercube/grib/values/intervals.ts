import { BrokenField } from "../../cube/field.ts";
import type { Layout } from "./layout.ts";
import type { Pieces } from "./pieces.ts";

/** The restart intervals that pieces touch, ascending, and for each the first piece in it and how many samples it takes. */
export interface Touched {
	readonly intervals: Uint32Array;
	readonly pieces: Uint32Array;
	/** Samples from the interval's beginning to the last wanted one. */
	readonly samples: Uint32Array;
}

/** Samples between two restarts. */
export function intervalSamples(layout: Layout): number {
	return layout.ccsdsBlock * layout.ccsdsInterval;
}

/**
 * How many restart intervals there are. Each takes some bits: more of them than there are octets for would be a table
 * of any length made of a message of a few octets.
 * @throws BrokenField
 */
export function intervalCount(layout: Layout): number {
	const { offset, coded, dataLength } = layout;
	const count = Math.ceil(coded / intervalSamples(layout));
	if (!(count <= dataLength * 4))
		throw new BrokenField(
			`the message at ${offset}: ${count} restart intervals in ${dataLength} octets`,
		);
	return count;
}

export function touchedBy(pieces: Pieces, size: number): Touched {
	const intervals: number[] = [];
	const first: number[] = [];
	const samples: number[] = [];
	let last = -1;
	for (let i = 0; i < pieces.length; i += 3) {
		const start = pieces[i] ?? 0;
		const end = pieces[i + 1] ?? 0;
		if (start === end) continue;
		const to = Math.floor((end - 1) / size);
		for (let at = Math.floor(start / size); at <= to; at++) {
			if (at !== last) {
				intervals.push(at);
				first.push(i / 3);
				samples.push(0);
				last = at;
			}
			samples[samples.length - 1] = Math.min(size, end - at * size);
		}
	}
	return {
		intervals: Uint32Array.from(intervals),
		pieces: Uint32Array.from(first),
		samples: Uint32Array.from(samples),
	};
}
