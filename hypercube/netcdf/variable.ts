import { basename } from "node:path";
import { Dataset } from "h5wasm/node";
import { BrokenField } from "../cube/field.ts";
import type { ChunkCache, Kept } from "../zarr/cache.ts";
import { unravel } from "../zarr/cf/numbers.ts";
import { CachedArray } from "../zarr/chunked.ts";
import type { Chunk, Values } from "../zarr/format/array.ts";
import { type ArrayMeta, product } from "../zarr/format/meta.ts";
import { stridesOf } from "./arrays.ts";
import { withFile } from "./file.ts";

/** What is known of a variable, and how much of it the file has: the rest was never written. */
export interface NetcdfMeta extends ArrayMeta {
	readonly stored: readonly number[];
}

/** A variable of NetCDF, read chunk by chunk by the library of HDF5. */
export class NetcdfVariable extends CachedArray<NetcdfMeta> {
	readonly #path: string;

	constructor(meta: NetcdfMeta, path: string, cache: ChunkCache) {
		super(meta, path, cache);
		this.#path = path;
	}

	protected override async load(chunk: readonly number[]): Promise<Kept> {
		const read = this.#read(chunk);
		return read ? { chunk: read } : {};
	}

	#read(chunk: readonly number[]): Chunk | undefined {
		const { name, shape, stored } = this.meta;
		const all = this.#sizes(chunk, shape);
		const sizes = this.#sizes(chunk, stored);
		if (sizes.some((size) => size <= 0)) return undefined;
		const data = withFile(this.#path, (file) => {
			const dataset = file.get(name);
			if (!(dataset instanceof Dataset)) return undefined;
			if (sizes.length === 0) return dataset.value;
			return dataset.slice(
				sizes.map((size, at): [number, number] => {
					const from = (chunk[at] ?? 0) * (this.meta.chunks[at] ?? 1);
					return [from, from + size];
				}),
			);
		});
		const values = valuesOf(data);
		if (values?.length !== product(sizes))
			throw new BrokenField(
				`chunk ${chunk.join(".")} of ${name} in ${basename(this.#path)} has ${values?.length ?? 0} values, not ${product(sizes)}`,
			);
		if (values.length === product(all))
			return { data: values, stride: stridesOf(all) };
		return { data: this.#filled(values, sizes, all), stride: stridesOf(all) };
	}

	/** How much of a chunk lies within bounds. */
	#sizes(chunk: readonly number[], shape: readonly number[]): number[] {
		return chunk.map((at, dimension) => {
			const size = this.meta.chunks[dimension] ?? 1;
			return Math.min(size, (shape[dimension] ?? 0) - at * size);
		});
	}

	/** A chunk that was written in part. */
	#filled(
		values: Values,
		sizes: readonly number[],
		all: readonly number[],
	): Float64Array {
		const filled = new Float64Array(product(all)).fill(this.meta.fill);
		const strides = stridesOf(all);
		for (let n = 0; n < values.length; n++) {
			const to = unravel(n, sizes).reduce(
				(sum, at, dimension) => sum + at * (strides[dimension] ?? 1),
				0,
			);
			filled[to] = Number(values[n]);
		}
		return filled;
	}
}

/** A copy, so that no memory of the library is held; a single value is not given as an array. */
function valuesOf(data: unknown): Values | undefined {
	if (typeof data === "number") return Float64Array.of(data);
	if (typeof data === "bigint") return BigInt64Array.of(data);
	return isValues(data) ? data.slice() : undefined;
}

const isValues = (data: unknown): data is Values =>
	ArrayBuffer.isView(data) && !(data instanceof DataView);
