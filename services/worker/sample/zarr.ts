import { randomUUID } from "node:crypto";
import {
	mkdir,
	readdir,
	readFile,
	rename,
	rm,
	stat,
	writeFile,
} from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { zstdCompress } from "node:zlib";
import {
	chunkColumns,
	chunkRows,
	chunksOf,
	coordinates,
	latitudes,
	longitudes,
	octets,
	type Packed,
	starts,
	steps,
	variables,
} from "./zarrcontents.ts";

/** Raised whenever the contents change, so that a Zarr made before is made anew. */
const version = 1;

const markerName = ".sample.json";

/** MARS keys and parameters of the sample, as a datasource over it says them. */
export const sampleZarrMapping = {
	keys: { class: "od", expver: "0001", stream: "oper", type: "fc" },
	params: { t2m: "2t" },
} as const;

/**
 * Makes the sample Zarr in `folder` unless it is there already: the weather of the sample archive's first two forecasts,
 * on a regular grid of 2.5°, Zarr v3 with CF metadata (about 1 MB), the same each time. It appears whole.
 * @throws the signal's reason when aborted; nothing half-made keeps its final name.
 */
export async function writeSampleZarr(
	folder: string,
	signal?: AbortSignal,
): Promise<void> {
	if (await isWhole(folder)) return;
	const hidden = join(dirname(folder), `.${randomUUID()}.tmp`);
	try {
		const bytes = await write(hidden, signal);
		await writeFile(
			join(hidden, markerName),
			JSON.stringify({ version, bytes }),
		);
		await rm(folder, { recursive: true, force: true });
		await rename(hidden, folder);
	} finally {
		await rm(hidden, { recursive: true, force: true });
	}
}

async function isWhole(folder: string): Promise<boolean> {
	try {
		const marker: unknown = JSON.parse(
			await readFile(join(folder, markerName), "utf8"),
		);
		return (
			JSON.stringify(marker) ===
			JSON.stringify({ version, bytes: await lengthOf(folder) })
		);
	} catch {
		// No marker, an unreadable one, or a file gone: all mean "make it".
		return false;
	}
}

/** Octets of all files but the marker. */
async function lengthOf(folder: string): Promise<number> {
	const found = await readdir(folder, { recursive: true, withFileTypes: true });
	const lengths = found
		.filter((entry) => entry.isFile() && entry.name !== markerName)
		.map(
			async (entry) => (await stat(join(entry.parentPath, entry.name))).size,
		);
	return (await Promise.all(lengths)).reduce((sum, length) => sum + length, 0);
}

async function write(
	folder: string,
	signal: AbortSignal | undefined,
): Promise<number> {
	const arrays: Record<string, object> = {};
	const add = async (
		name: string,
		meta: object,
		chunks: Iterable<readonly [string, Uint8Array]>,
	) => {
		arrays[name] = meta;
		await put(join(folder, name, "zarr.json"), JSON.stringify(meta));
		for (const [key, bytes] of chunks) {
			signal?.throwIfAborted();
			await put(join(folder, name, key), await promisify(zstdCompress)(bytes));
		}
	};
	for (const { name, values, attributes } of coordinates)
		await add(
			name,
			metaOf({
				type: "float64",
				shape: [values.length],
				dimensions: [name],
				attributes,
			}),
			[["c/0", octets(Float64Array.from(values))]],
		);
	for (const variable of variables)
		await add(variable.name, packedMeta(variable), chunksOf(variable));
	const group = {
		zarr_format: 3,
		node_type: "group",
		attributes: { Conventions: "CF-1.11", title: "Invented weather" },
	};
	await put(
		join(folder, "zarr.json"),
		JSON.stringify({
			...group,
			consolidated_metadata: {
				kind: "inline",
				must_understand: false,
				metadata: arrays,
			},
		}),
	);
	return lengthOf(folder);
}

async function put(path: string, content: string | Uint8Array): Promise<void> {
	await mkdir(dirname(path), { recursive: true });
	await writeFile(path, content);
}

interface ArrayMeta {
	readonly type: "float64" | "int16";
	readonly shape: readonly number[];
	readonly dimensions: readonly string[];
	readonly chunks?: readonly number[];
	readonly attributes: object;
}

/** `zarr.json` of an array. */
const metaOf = ({
	type,
	shape,
	dimensions,
	chunks = shape,
	attributes,
}: ArrayMeta): object => ({
	zarr_format: 3,
	node_type: "array",
	shape,
	data_type: type,
	chunk_grid: { name: "regular", configuration: { chunk_shape: chunks } },
	chunk_key_encoding: { name: "default", configuration: { separator: "/" } },
	codecs: [
		{ name: "bytes", configuration: { endian: "little" } },
		{ name: "zstd", configuration: { level: 3, checksum: false } },
	],
	fill_value: 0,
	dimension_names: dimensions,
	attributes,
});

function packedMeta({ levels, scale, offset, attributes }: Packed): object {
	const level = levels.length > 0;
	return metaOf({
		type: "int16",
		shape: [
			starts.length,
			steps.length,
			...(level ? [levels.length] : []),
			latitudes.length,
			longitudes.length,
		],
		dimensions: [
			"time",
			"step",
			...(level ? ["level"] : []),
			"latitude",
			"longitude",
		],
		chunks: [1, steps.length, ...(level ? [1] : []), chunkRows, chunkColumns],
		attributes: { ...attributes, scale_factor: scale, add_offset: offset },
	});
}
