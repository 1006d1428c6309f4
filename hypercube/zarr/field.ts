import type { Cost, Field } from "../cube/field.ts";
import type { Grid } from "../grid/grid.ts";
import type { Ranges } from "../grid/ranges.ts";
import type { Batch, Member } from "./batch.ts";
import { type Decoding, decodingOf, isSingle } from "./cf/decoding.ts";
import type { FieldVariable } from "./fields.ts";
import type { Chunk } from "./format/array.ts";
import { type Gathering, gatheringOf, type Slab, take } from "./gather.ts";
import type { Chosen } from "./select.ts";

/** What the fields of a variable share. */
export class Source {
	readonly of: FieldVariable;
	readonly decoding: Decoding;
	/** What the same ranges took before: a shape is cut out of many fields. */
	readonly #gatherings = new WeakMap<Ranges, Gathering>();

	constructor(of: FieldVariable) {
		this.of = of;
		this.decoding = decodingOf(of.variable.meta);
	}

	gathering(ranges: Ranges): Gathering {
		let known = this.#gatherings.get(ranges);
		if (!known) {
			known = gatheringOf(ranges, this.of.horizontal, this.of.variable.meta);
			this.#gatherings.set(ranges, known);
		}
		return known;
	}
}

/** A field of a Zarr. */
export class ZarrField implements Field, Member {
	readonly keys: Readonly<Record<string, string>>;
	readonly units?: string;
	readonly longName?: string;
	readonly standardName?: string;
	readonly single: boolean;
	readonly #source: Source;
	/** The index along each dimension of the variable, those of the grid 0. */
	readonly #indices: readonly number[];
	readonly #batch: Batch;
	/** Chunks count as those of the first field that lies in them. */
	readonly #first: boolean;

	/** @param batch the fields of the selection that lie in the same chunks, in their order */
	constructor(source: Source, chosen: Chosen, batch: Batch) {
		this.#source = source;
		this.#batch = batch;
		this.#first = batch.size === 0;
		batch.add(this);
		const { variable, outer, common } = source.of;
		const indices = variable.meta.shape.map(() => 0);
		const keys: Record<string, string> = { ...common };
		for (const [at, one] of outer.entries()) {
			const index = chosen.indices[at] ?? 0;
			indices[one.at] = index;
			for (const { key, values } of one.keys) keys[key] = values[index] ?? "";
		}
		this.#indices = indices;
		this.keys = keys;
		this.single = isSingle(variable.meta, source.decoding);
		const { units, long_name, standard_name } = variable.meta.attributes;
		if (typeof units === "string") this.units = units;
		if (typeof long_name === "string") this.longName = long_name;
		if (typeof standard_name === "string") this.standardName = standard_name;
	}

	grid(signal?: AbortSignal): Grid | Promise<Grid> {
		return this.#source.of.horizontal.grid(signal);
	}

	/** Octets of whole chunks as they are decoded: how well they are packed is known when they are there. */
	cost(ranges: Ranges): Cost {
		if (!this.#first) return { bytes: 0, cold: 0 };
		const { variable } = this.#source.of;
		const { length } = this.#source.gathering(ranges).chunks;
		const bytes = length * variable.chunkBytes;
		return { bytes, cold: bytes + length * variable.indexBytes };
	}

	read(
		ranges: Ranges,
		out: Float64Array,
		signal?: AbortSignal,
	): void | Promise<void> {
		const { variable, horizontal } = this.#source.of;
		const { length } = this.#source.gathering(ranges).chunks;
		const many = length * variable.chunkBytes > variable.cacheLimit / 2;
		if (!many || this.#batch.size === 1)
			return this.#gather(ranges, new Map([[this, out]]), signal);
		const { points } = horizontal;
		return this.#batch.read(this, { ranges, points }, out, signal);
	}

	async readWith(
		ranges: Ranges,
		outs: ReadonlyMap<Member, Float64Array>,
		signal?: AbortSignal,
	): Promise<void> {
		await this.#gather(ranges, outs, signal);
	}

	/** Fetches each chunk that the ranges touch, and takes the values of some fields out of it. */
	#gather(
		ranges: Ranges,
		outs: ReadonlyMap<Member, Float64Array>,
		signal: AbortSignal | undefined,
	): void | Promise<void> {
		const { of, decoding } = this.#source;
		const { variable } = of;
		const values = { decoding, fill: variable.meta.fill };
		const pending: Promise<void>[] = [];
		for (const { place, runs } of this.#source.gathering(ranges).chunks) {
			const at = this.#chunkAt(place);
			const finish = (chunk: Chunk | undefined) => {
				for (const [field, out] of outs)
					if (field instanceof ZarrField)
						take(chunk, field.#slabIn(chunk), runs, values, out);
			};
			const kept = variable.kept(at);
			if (kept) finish(kept.chunk);
			else pending.push(variable.chunk(at, signal).then(finish));
		}
		return pending.length === 0 ? undefined : allOf(pending);
	}

	#chunkAt([row, column]: readonly [number, number]): number[] {
		const { horizontal, variable } = this.#source.of;
		const { chunks } = variable.meta;
		const at = this.#indices.map((index, dimension) =>
			Math.floor(index / (chunks[dimension] ?? 1)),
		);
		if (horizontal.row !== undefined) at[horizontal.row] = row;
		at[horizontal.column] = column;
		return at;
	}

	#slabIn(chunk: Chunk | undefined): Slab {
		const { horizontal, variable } = this.#source.of;
		const { chunks } = variable.meta;
		const stride = chunk?.stride ?? [];
		const start = this.#indices.reduce(
			(sum, index, dimension) =>
				sum + (index % (chunks[dimension] ?? 1)) * (stride[dimension] ?? 0),
			0,
		);
		return {
			start,
			down: horizontal.row === undefined ? 0 : (stride[horizontal.row] ?? 0),
			right: stride[horizontal.column] ?? 0,
		};
	}
}

/** Waits for all, also when one fails: nothing is written into an answer that was given up. */
async function allOf(pending: readonly Promise<void>[]): Promise<void> {
	const settled = await Promise.allSettled(pending);
	for (const one of settled) if (one.status === "rejected") throw one.reason;
}
