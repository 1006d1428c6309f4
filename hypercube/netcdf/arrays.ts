import type { NumberType } from "../zarr/format/types.ts";

/** What the library of NetCDF takes for values that were never written (`NC_FILL_…` of netcdf.h). */
export function defaultFill(type: NumberType): number {
	const fills: Readonly<Record<string, number>> = {
		int8: -127,
		uint8: 255,
		int16: -32_767,
		uint16: 65_535,
		int32: -2_147_483_647,
		uint32: 4_294_967_295,
		int64: -(2 ** 63) + 2,
		uint64: 2 ** 64 - 2,
	};
	return fills[type] ?? 9.969209968386869e36;
}

/** Chunks of an array that lies in one piece: the last dimensions whole, as many as fit; of the next as much as fits. */
export function plainChunks(
	shape: readonly number[],
	values: number,
): number[] {
	let room = values;
	return shape
		.toReversed()
		.map((size) => {
			const taken = Math.max(1, Math.min(size, room));
			room = Math.floor(room / taken);
			return taken;
		})
		.reverse();
}

/**
 * Whether values are reckoned in single precision, as xarray chooses: what is given in four octets is, but integers of four
 * octets never.
 * @param given attributes that are given in four octets; `add_offset` only counts where there is one
 */
export function isSingle(
	given: ReadonlySet<string>,
	type: NumberType,
	offset: boolean,
): boolean {
	if (!offset) return given.has("scale_factor");
	return (
		given.has("scale_factor") &&
		given.has("add_offset") &&
		!/^u?int32$/.test(type)
	);
}

/** The last dimension fastest. */
export function stridesOf(sizes: readonly number[]): number[] {
	const strides = sizes.map(() => 1);
	for (let at = sizes.length - 2; at >= 0; at--)
		strides[at] = (strides[at + 1] ?? 1) * (sizes[at + 1] ?? 1);
	return strides;
}
