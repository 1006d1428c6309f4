import { z } from "zod";
import { checkSizes, UnreadableArray, type ZarrMeta } from "./meta.ts";
import { octetsOf, scalarOf, v2TypeOf } from "./types.ts";

const codec = z.looseObject({ id: z.string() });

/** `.zarray`, Zarr v2. */
const schema = z.object({
	zarr_format: z.literal(2),
	shape: z.array(z.int().nonnegative()),
	chunks: z.array(z.int().positive()),
	dtype: z.string(),
	compressor: codec.nullish(),
	filters: z.array(codec).nullish(),
	order: z.enum(["C", "F"]).default("C"),
	fill_value: z.unknown().optional(),
	dimension_separator: z.enum([".", "/"]).default("."),
});

/** @throws UnreadableArray that says what is wrong */
export function metaOfV2(
	name: string,
	json: unknown,
	attributes: Readonly<Record<string, unknown>>,
): ZarrMeta {
	const read = schema.safeParse(json);
	if (!read.success)
		throw new UnreadableArray(
			`has no such metadata: ${z.prettifyError(read.error)}`,
		);
	const { data } = read;
	const type = v2TypeOf(data.dtype);
	if (!type) throw new UnreadableArray(`has values of type ${data.dtype}`);
	const named = z.array(z.string()).safeParse(attributes._ARRAY_DIMENSIONS);
	const maskedFill = scalarOf(data.fill_value, type);
	const meta = {
		name,
		shape: data.shape,
		chunks: data.chunks,
		type,
		dimensions: named.data ?? data.shape.map((_, place) => `dim_${place}`),
		attributes,
		fill: maskedFill ?? 0,
		maskedFill,
		keyOf: (chunk: readonly number[]) =>
			chunk.length === 0 ? "0" : chunk.join(data.dimension_separator),
		shards: undefined,
		// The fill value is ours to give: it may be written in ways that the library does not know.
		// Truth values are octets.
		codecs: {
			format: 2,
			text: JSON.stringify({
				...data,
				dtype: type === "bool" ? "|u1" : data.dtype,
				fill_value: 0,
			}),
		},
	} as const;
	checkSizes(meta, octetsOf[type]);
	return meta;
}
