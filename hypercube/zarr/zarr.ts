import type { GribRequest } from "../archive/axes.ts";
import { BrokenField, type Field } from "../cube/field.ts";
import { Batch } from "./batch.ts";
import { ChunkCache } from "./cache.ts";
import { ZarrCatalogue } from "./catalogue.ts";
import { locate } from "./coordinates.ts";
import { Source, ZarrField } from "./field.ts";
import { type FieldVariable, fieldsOf, readingOnce } from "./fields.ts";
import { UnreadableArray } from "./format/meta.ts";
import { readGroup, type ZarrFault } from "./group.ts";
import { Grids } from "./horizontal.ts";
import type { ZarrMapping } from "./mapping.ts";
import { type Chosen, type SelectOptions, select } from "./select.ts";
import { folderStore } from "./store/folder.ts";
import { httpStore } from "./store/http.ts";
import type { ObjectStore } from "./store/store.ts";

export interface ZarrOptions {
	/** A folder, an `http:` or `https:` URL, or a store of the caller's. */
	readonly location: string | ObjectStore;
	readonly mapping?: ZarrMapping | undefined;
	/** Shared by all that one process opens; else one of its own. */
	readonly cache?: ChunkCache | undefined;
}

/** A Zarr as a hypercube. */
export interface Zarr {
	/** MARS keys, and the values of each, ascending. */
	axes(): Readonly<Record<string, readonly string[]>>;
	/** The fields a request asks for, in order. @throws RequestError that says what cannot be had. */
	select(request: GribRequest, options?: SelectOptions): Field[];
	/** Variables that cannot be read, and why. */
	faults(): readonly ZarrFault[];
}

/**
 * Opens a group of a Zarr, v2 or v3, and reads its coordinates, so that it is known what fields there are.
 * @throws the signal's reason; StoreError where the store does not answer; UnsupportedField where there is no Zarr, BrokenField for
 * metadata of the group that cannot be read; never for what is wrong with a variable, which is among the faults.
 */
export async function openZarr(
	{ location, mapping = {}, cache = new ChunkCache() }: ZarrOptions,
	signal: AbortSignal,
): Promise<Zarr> {
	const store = typeof location === "string" ? storeOf(location) : location;
	const named = Object.keys(mapping.params ?? {});
	const group = await readGroup({ store, signal }, named, cache).catch(asField);
	const grids = new Grids();
	const numbers = readingOnce(signal);
	const variables: FieldVariable[] = [];
	const faults = [...group.faults];
	for (const [name, variable] of group.variables) {
		const located = locate(variable, group, mapping);
		const horizontal = grids.of(located);
		if (!horizontal) continue;
		try {
			variables.push(
				await fieldsOf(variable, { located, horizontal }, mapping, numbers),
			);
		} catch (error) {
			const its =
				error instanceof UnreadableArray || error instanceof BrokenField;
			if (!its) throw error;
			faults.push({ variable: name, reason: error.message });
		}
	}
	return new OpenZarr(variables, faults);
}

/** Metadata of the group itself that cannot be read leave nothing to read. */
function asField(cause: unknown): never {
	if (!(cause instanceof UnreadableArray)) throw cause;
	throw new BrokenField(cause.message, { cause });
}

const storeOf = (location: string): ObjectStore =>
	/^https?:/i.test(location) ? httpStore(location) : folderStore(location);

class OpenZarr implements Zarr {
	readonly #variables: readonly FieldVariable[];
	readonly #faults: readonly ZarrFault[];
	readonly #catalogue: ZarrCatalogue;
	readonly #sources = new Map<FieldVariable, Source>();

	constructor(
		variables: readonly FieldVariable[],
		faults: readonly ZarrFault[],
	) {
		this.#variables = variables;
		this.#faults = faults;
		this.#catalogue = new ZarrCatalogue(variables);
		for (const variable of variables)
			this.#sources.set(variable, new Source(variable));
	}

	axes(): Readonly<Record<string, readonly string[]>> {
		const { keys } = this.#catalogue;
		return Object.fromEntries(
			keys.map((key) => [key, [...this.#catalogue.ranks(key).keys()]]),
		);
	}

	select(request: GribRequest, options?: SelectOptions): Field[] {
		const batches = new Map<string, Batch>();
		return select(this.#variables, this.#catalogue, request, options).flatMap(
			(chosen) => {
				const source = this.#sources.get(chosen.of);
				if (!source) return [];
				const id = chunksOf(chosen);
				const batch = batches.get(id) ?? new Batch();
				batches.set(id, batch);
				return [new ZarrField(source, chosen, batch)];
			},
		);
	}

	faults(): readonly ZarrFault[] {
		return this.#faults;
	}
}

/** Tells the chunks of a field from those of another: fields that lie in the same ones share their cost. */
function chunksOf({ of, indices }: Chosen): string {
	const { chunks, name } = of.variable.meta;
	const places = of.outer.map(({ at }, n) =>
		Math.floor((indices[n] ?? 0) / (chunks[at] ?? 1)),
	);
	return `${name}/${places.join(".")}`;
}
