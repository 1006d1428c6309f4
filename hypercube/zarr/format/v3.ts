import { z } from "zod";
import {
	checkSizes,
	product,
	type Shards,
	UnreadableArray,
	type ZarrMeta,
} from "./meta.ts";
import { numberType, octetsOf, scalarOf } from "./types.ts";

const named = z.union([
	z
		.string()
		.transform((name) => ({ name, configuration: { endian: undefined } })),
	z.object({
		name: z.string(),
		configuration: z
			.looseObject({ endian: z.unknown().optional() })
			.default({ endian: undefined }),
	}),
]);

const sizes = z.array(z.int().positive());

/** `zarr.json` of an array, Zarr v3. */
const schema = z.object({
	zarr_format: z.literal(3),
	node_type: z.literal("array"),
	shape: z.array(z.int().nonnegative()),
	data_type: numberType,
	chunk_grid: z.object({
		name: z.literal("regular"),
		configuration: z.object({ chunk_shape: sizes }),
	}),
	chunk_key_encoding: z.union([
		z
			.enum(["default", "v2"])
			.transform((name) => ({ name, configuration: undefined })),
		z.object({
			name: z.enum(["default", "v2"]),
			configuration: z
				.object({ separator: z.enum([".", "/"]).optional() })
				.optional(),
		}),
	]),
	codecs: z.array(named).min(1),
	fill_value: z.unknown().optional(),
	dimension_names: z.array(z.string().nullable()).nullish(),
	attributes: z.record(z.string(), z.unknown()).default({}),
	storage_transformers: z.array(z.unknown()).max(0).optional(),
});

type Codec = z.infer<typeof named>;

/** The configuration of the codec `sharding_indexed`, version 1.0. */
const sharding = z.object({
	chunk_shape: sizes,
	codecs: z.array(named).min(1),
	index_codecs: z.array(named),
	index_location: z.enum(["start", "end"]).default("end"),
});

/** @throws UnreadableArray that says what is wrong */
export function metaOfV3(name: string, json: unknown): ZarrMeta {
	const read = schema.safeParse(json);
	if (!read.success)
		throw new UnreadableArray(
			`has no such metadata: ${z.prettifyError(read.error)}`,
		);
	const { data } = read;
	const outer = data.chunk_grid.configuration.chunk_shape;
	const { chunks, codecs, shards } = shardsOf(outer, data.codecs);
	const type = data.data_type;
	const meta = {
		name,
		shape: data.shape,
		chunks,
		type,
		dimensions: data.shape.map(
			(_, place) => data.dimension_names?.[place] ?? `dim_${place}`,
		),
		attributes: data.attributes,
		fill: scalarOf(data.fill_value, type) ?? 0,
		maskedFill: undefined,
		keyOf: keysOf(data.chunk_key_encoding),
		shards,
		codecs: {
			format: 3,
			text: codecText({ type, shape: data.shape, chunks, codecs }),
		},
	} as const;
	checkSizes(meta, octetsOf[type]);
	return meta;
}

function keysOf({
	name,
	configuration,
}: z.infer<typeof schema>["chunk_key_encoding"]): ZarrMeta["keyOf"] {
	if (name === "v2") {
		const separator = configuration?.separator ?? ".";
		return (chunk) => (chunk.length === 0 ? "0" : chunk.join(separator));
	}
	const separator = configuration?.separator ?? "/";
	return (chunk) => ["c", ...chunk].join(separator);
}

interface Inner {
	readonly chunks: readonly number[];
	readonly codecs: readonly Codec[];
	readonly shards: Shards | undefined;
}

function shardsOf(outer: readonly number[], codecs: readonly Codec[]): Inner {
	const found = codecs.find(({ name }) => name === "sharding_indexed");
	if (!found) return { chunks: outer, codecs, shards: undefined };
	if (codecs.length > 1)
		throw new UnreadableArray("has other codecs around those of its shards");
	const read = sharding.safeParse(found.configuration);
	if (!read.success)
		throw new UnreadableArray(
			`has no such shards: ${z.prettifyError(read.error)}`,
		);
	const { chunk_shape: chunks, index_codecs, index_location } = read.data;
	if (read.data.codecs.some(({ name }) => name === "sharding_indexed"))
		throw new UnreadableArray("has shards within shards");
	const perShard = outer.map((size, place) => size / (chunks[place] ?? 0));
	if (chunks.length !== outer.length || !perShard.every(Number.isInteger))
		throw new UnreadableArray("has shards that are no whole number of chunks");
	const checked = checksumOf(index_codecs);
	const shards = {
		chunks: perShard,
		indexAt: index_location,
		indexLength: product(perShard) * 16 + (checked ? 4 : 0),
		checked,
	};
	return { chunks, codecs: read.data.codecs, shards };
}

/** Whether the index ends with a checksum. Others than little-endian ones, plain or checked, are not written by anybody. */
function checksumOf(codecs: readonly Codec[]): boolean {
	const [bytes, checksum, ...more] = codecs;
	const little =
		bytes?.name === "bytes" && bytes.configuration.endian !== "big";
	const known = checksum === undefined || checksum.name === "crc32c";
	if (!little || !known || more.length > 0)
		throw new UnreadableArray(
			`has an index of shards written by ${codecs.map(({ name }) => name).join(", ")}`,
		);
	return checksum !== undefined;
}

const codecText = (of: {
	readonly type: string;
	readonly shape: readonly number[];
	readonly chunks: readonly number[];
	readonly codecs: readonly Codec[];
}): string =>
	JSON.stringify({
		zarr_format: 3,
		node_type: "array",
		shape: of.shape,
		// Truth values are octets.
		data_type: of.type === "bool" ? "uint8" : of.type,
		chunk_grid: { name: "regular", configuration: { chunk_shape: of.chunks } },
		chunk_key_encoding: { name: "default" },
		codecs: of.codecs,
		fill_value: 0,
		attributes: {},
	});
