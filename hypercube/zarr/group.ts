import { z } from "zod";
import { UnsupportedField } from "../cube/field.ts";
import type { ChunkCache } from "./cache.ts";
import type { ChunkedArray } from "./chunked.ts";
import { mostMetadata, parseJson } from "./format/json.ts";
import {
	type ArrayMeta,
	UnreadableArray,
	type ZarrMeta,
} from "./format/meta.ts";
import { metaOfV2 } from "./format/v2.ts";
import { metaOfV3 } from "./format/v3.ts";
import { isPlainKey, type ObjectStore, StoreError } from "./store/store.ts";
import { Variable } from "./variable.ts";

/** What is wrong with a variable: it costs itself only. */
export interface ZarrFault {
	readonly variable: string;
	readonly reason: string;
}

/** The arrays of a group, and what it says of them all. */
export interface Group {
	readonly variables: ReadonlyMap<string, ChunkedArray>;
	readonly attributes: Readonly<Record<string, unknown>>;
	readonly faults: readonly ZarrFault[];
}

const json = z.record(z.string(), z.unknown());
const consolidated2 = z.object({
	zarr_consolidated_format: z.literal(1),
	metadata: json,
});
const consolidated3 = z.object({ metadata: json });

/** Arrays of a group at most. */
const mostArrays = 10_000;

interface Source {
	readonly store: ObjectStore;
	readonly signal: AbortSignal;
}

/**
 * Reads the metadata of a group: the consolidated ones where there are any, else those of each array that the store
 * lists, or that the operator names and what those name in turn.
 * @throws Error where there is no Zarr
 */
export async function readGroup(
	source: Source,
	named: readonly string[],
	cache: ChunkCache,
): Promise<Group> {
	const reader = new Reader(source, cache);
	const v3 = await reader.probe("zarr.json");
	if (v3 !== undefined) return groupOfV3(reader, v3, named);
	const all = consolidated2.safeParse(await reader.probe(".zmetadata")).data
		?.metadata;
	if (all) return groupOfV2(reader, all);
	if ((await reader.probe(".zgroup")) === undefined)
		throw (
			reader.denied ??
			new UnsupportedField(
				`${source.store.name} is no group of a Zarr: it has neither zarr.json nor .zgroup`,
			)
		);
	await reader.find(named, async (name) => {
		const own = await reader.json(`${name}/.zarray`);
		return own === undefined
			? undefined
			: metaOfV2(name, own, await reader.attributes(`${name}/.zattrs`));
	});
	return reader.group(await reader.attributes(".zattrs"));
}

async function groupOfV3(
	reader: Reader,
	own: unknown,
	named: readonly string[],
): Promise<Group> {
	const group = z
		.object({
			node_type: z.literal("group"),
			attributes: json.default({}),
			consolidated_metadata: consolidated3.nullish(),
		})
		.safeParse(own);
	if (!group.success)
		throw new UnreadableArray(
			`zarr.json is none of a group: ${z.prettifyError(group.error)}`,
		);
	const { attributes, consolidated_metadata: all } = group.data;
	if (all) {
		for (const [name, meta] of Object.entries(all.metadata))
			if (isArray(meta)) reader.add(name, () => metaOfV3(name, meta));
	} else {
		await reader.find(named, async (name) => {
			const meta = await reader.json(`${name}/zarr.json`);
			return isArray(meta) ? metaOfV3(name, meta) : undefined;
		});
	}
	return reader.group(attributes);
}

function groupOfV2(
	reader: Reader,
	all: Readonly<Record<string, unknown>>,
): Group {
	for (const [key, meta] of Object.entries(all)) {
		if (!key.endsWith("/.zarray")) continue;
		const name = key.slice(0, -"/.zarray".length);
		reader.add(name, () =>
			metaOfV2(name, meta, json.safeParse(all[`${name}/.zattrs`]).data ?? {}),
		);
	}
	return reader.group(json.safeParse(all[".zattrs"]).data ?? {});
}

const isArray = (meta: unknown): boolean =>
	z.object({ node_type: z.literal("array") }).safeParse(meta).success;

class Reader {
	readonly #source: Source;
	readonly #cache: ChunkCache;
	readonly #variables = new Map<string, Variable>();
	readonly #faults: ZarrFault[] = [];
	/** The first answer that access is denied. */
	denied: StoreError | undefined;

	constructor(source: Source, cache: ChunkCache) {
		this.#source = source;
		this.#cache = cache;
	}

	async json(key: string): Promise<unknown> {
		const { store, signal } = this.#source;
		const bytes = await store.get(key, { most: mostMetadata, signal });
		try {
			return bytes && parseJson(bytes);
		} catch (cause) {
			throw new UnreadableArray(`${key} is no JSON`, { cause });
		}
	}

	/** The same for what may be absent: a bucket that may not be listed denies it. */
	async probe(key: string): Promise<unknown> {
		try {
			return await this.json(key);
		} catch (error) {
			if (!(error instanceof StoreError) || !error.denied) throw error;
			this.denied ??= error;
			return undefined;
		}
	}

	async attributes(key: string): Promise<Readonly<Record<string, unknown>>> {
		return json.safeParse(await this.probe(key)).data ?? {};
	}

	add(name: string, metaOf: () => ZarrMeta): void {
		// Arrays of groups within are others' affair, and names that lead elsewhere nobody's.
		if (name.includes("/")) return;
		try {
			if (!isPlainKey(name))
				throw new UnreadableArray("is no name of an array");
			if (this.#variables.size >= mostArrays)
				throw new UnreadableArray(
					`is beyond the ${mostArrays} arrays that are read`,
				);
			this.#variables.set(
				name,
				new Variable(metaOf(), this.#source.store, this.#cache),
			);
		} catch (error) {
			if (!(error instanceof UnreadableArray)) throw error;
			this.#faults.push({ variable: name, reason: error.message });
		}
	}

	/** Reads what the store lists; where it lists nothing, what is named, and the coordinates of that. */
	async find(
		named: readonly string[],
		read: (name: string) => Promise<ZarrMeta | undefined>,
	): Promise<void> {
		const { store } = this.#source;
		const listed = await store.list?.();
		if (!listed && named.length === 0)
			throw new UnsupportedField(
				`${store.name} has no consolidated metadata, and cannot be listed: consolidate them, or name its variables in 'params'`,
			);
		const waiting = new Set(listed ?? named);
		for (const name of waiting) {
			if (
				name.startsWith(".") ||
				!isPlainKey(name) ||
				waiting.size > mostArrays
			)
				continue;
			await this.#read(name, read);
			const meta = this.#variables.get(name)?.meta;
			if (!listed && meta)
				for (const other of referredBy(meta)) waiting.add(other);
		}
	}

	async #read(
		name: string,
		read: (name: string) => Promise<ZarrMeta | undefined>,
	): Promise<void> {
		try {
			const meta = await read(name);
			if (meta) this.add(name, () => meta);
		} catch (error) {
			if (!(error instanceof UnreadableArray)) throw error;
			this.#faults.push({ variable: name, reason: error.message });
		}
	}

	group(attributes: Readonly<Record<string, unknown>>): Group {
		return { variables: this.#variables, attributes, faults: this.#faults };
	}
}

/** The coordinates that a variable names: its dimensions, and those beside them. */
export function referredBy({ dimensions, attributes }: ArrayMeta): string[] {
	const { coordinates } = attributes;
	const beside =
		typeof coordinates === "string"
			? coordinates.split(/\s+/).filter(Boolean)
			: [];
	return [...dimensions, ...beside];
}
