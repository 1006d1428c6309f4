import type { Parameter } from "./coverage.ts";
import { type Begun, begin, type Reading, type Wanted } from "./reading.ts";
import type { Part } from "./sections.ts";

/** Slices that are begun and not yet wanted, at most: 8 MiB. */
const mostBegun = 16;

/** What is read of a part for a parameter, in the order of its sections. */
export const wantedOf = (part: Part, parameter: Parameter): Wanted[] =>
	part.sections.map(({ cell, walk }) => ({
		field: cell.fields.get(parameter),
		walk,
	}));

/**
 * First slices of coverages that are likely wanted next, for fields of far servers: many small coverages are then read
 * together. Likely is the order of the answer: coverage by coverage, parameter by parameter.
 */
export class Firsts {
	readonly #parts: readonly Part[];
	readonly #signal: Reading["signal"];
	readonly #begun = new Map<string, Begun>();
	readonly #taken = new Set<string>();

	constructor(parts: readonly Part[], signal: Reading["signal"]) {
		this.#parts = parts;
		this.#signal = signal;
	}

	/** The first slice of a part for a parameter, begun; undefined where nothing is begun beforehand. */
	take(place: number, parameter: Parameter): Begun | undefined {
		const part = this.#parts[place];
		const index = part?.group.parameters.indexOf(parameter) ?? -1;
		const [first] = part && index >= 0 ? wantedOf(part, parameter) : [];
		const parallel = first?.field?.parallel ?? 1;
		if (first === undefined || parallel <= 1) return undefined;
		const name = `${place} ${index}`;
		const begun = this.#begun.get(name) ?? begin(first, 0, this.#signal);
		this.#begun.delete(name);
		this.#taken.add(name);
		let ahead = parallel - 1;
		for (const [next, wanted] of this.#after(place, index)) {
			if (ahead-- <= 0 || this.#begun.size >= mostBegun) break;
			if (this.#begun.has(next) || this.#taken.has(next)) continue;
			this.#begun.set(next, begin(wanted, 0, this.#signal));
		}
		return begun;
	}

	*#after(place: number, index: number): Generator<[string, Wanted]> {
		for (let at = place; at < this.#parts.length; at++) {
			const part = this.#parts[at];
			for (const [i, parameter] of part?.group.parameters.entries() ?? []) {
				if (part === undefined || (at === place && i <= index)) continue;
				const [first] = wantedOf(part, parameter);
				if (first) yield [`${at} ${i}`, first];
			}
		}
	}
}
