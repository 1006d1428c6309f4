import type { ArrayMeta } from "../format/meta.ts";
import { octetsOf, scalarOf } from "../format/types.ts";

/**
 * How stored numbers become values (CF conventions 2.5.1 and 8.1, and as xarray reads them): those that say "missing"
 * become NaN, the others are scaled in double precision.
 */
export interface Decoding {
	/** Stored numbers that say that a value is missing. */
	readonly missing: readonly number[];
	readonly scale: number | undefined;
	readonly offset: number | undefined;
	/** Added to negative numbers that are meant without sign; 0: none are. */
	readonly turn: number;
	/** Scaled in single precision. */
	readonly single: boolean;
}

export function decodingOf(meta: ArrayMeta): Decoding {
	const { attributes, type } = meta;
	const turn =
		attributes._Unsigned === "true" && /^int/.test(type)
			? 2 ** (8 * octetsOf[type])
			: 0;
	const missing = [
		...numbersOf(attributes.missing_value),
		...fillsOf(meta),
	].flatMap((number) => {
		if (Number.isNaN(number)) return [];
		const turned = number < 0 ? number + turn : number;
		// What was meant as a number of the array's own type may be written with more digits.
		return type === "float32" ? [turned, Math.fround(turned)] : [turned];
	});
	return {
		missing: [...new Set(missing)],
		scale: numbersOf(attributes.scale_factor)[0],
		offset: numbersOf(attributes.add_offset)[0],
		turn,
		single: meta.single ?? false,
	};
}

/** Of Zarr v2 the fill value of the array itself says so too; of v3 only the attribute. */
function fillsOf({ attributes, type, maskedFill }: ArrayMeta): number[] {
	if (maskedFill !== undefined) return [maskedFill];
	const value = attributes._FillValue;
	if (typeof value !== "string") return numbersOf(value);
	const plain = scalarOf(value, type);
	if (plain !== undefined) return [plain];
	// xarray writes the eight octets of a double in base64.
	const octets = Buffer.from(value, "base64");
	return octets.length === 8 ? [octets.readDoubleLE(0)] : [];
}

function numbersOf(value: unknown): number[] {
	if (typeof value === "number") return [value];
	return Array.isArray(value)
		? value.filter((item) => typeof item === "number")
		: [];
}

/** Whether all values are ones of single precision. */
export function isSingle({ type }: ArrayMeta, of: Decoding): boolean {
	if (of.single) return true;
	const plain = of.scale === undefined && of.offset === undefined;
	return plain && (octetsOf[type] <= 2 || type === "float32");
}

/** One value. */
export function decode(stored: number, of: Decoding): number {
	let value = stored < 0 ? stored + of.turn : stored;
	for (const missing of of.missing) if (value === missing) return Number.NaN;
	if (of.scale !== undefined) value *= of.scale;
	if (of.single) value = Math.fround(value);
	if (of.offset !== undefined) value += of.offset;
	return of.single ? Math.fround(value) : value;
}
