import { type Attribute, Dataset, ready } from "h5wasm/node";
import type { ChunkCache } from "../zarr/cache.ts";
import { checkSizes, UnreadableArray } from "../zarr/format/meta.ts";
import { type NumberType, octetsOf } from "../zarr/format/types.ts";
import type { Group, ZarrFault } from "../zarr/group.ts";
import { defaultFill, isSingle, plainChunks } from "./arrays.ts";
import { withFile } from "./file.ts";
import { NetcdfVariable } from "./variable.ts";

/** What the library of NetCDF keeps for itself, and what xarray does not show either. */
const internal = [
	"CLASS",
	"NAME",
	"REFERENCE_LIST",
	"DIMENSION_LIST",
	"_Netcdf4Coordinates",
	"_Netcdf4Dimid",
	"_NCProperties",
];

/** A dimension that has no values is a dataset too; its name begins so. */
const onlyDimension = "This is a netCDF dimension but not a netCDF variable";

/** The variables of a file's root group. */
export async function groupOf(path: string, cache: ChunkCache): Promise<Group> {
	await ready;
	return withFile(path, (file) => {
		const variables = new Map<string, NetcdfVariable>();
		const faults: ZarrFault[] = [];
		const datasets = new Map<string, Dataset>();
		for (const name of file.keys()) {
			const dataset = file.get(name);
			if (dataset instanceof Dataset) datasets.set(name, dataset);
		}
		const lengths = lengthsOf(datasets);
		for (const [name, dataset] of datasets) {
			try {
				const meta = metaOf(name, dataset, lengths);
				if (meta) variables.set(name, new NetcdfVariable(meta, path, cache));
			} catch (error) {
				if (!(error instanceof UnreadableArray)) throw error;
				faults.push({ variable: name, reason: error.message });
			}
		}
		return { variables, attributes: attributesOf(file.attrs), faults };
	});
}

const isScale = ({ attrs }: Dataset): boolean =>
	attrs.CLASS?.value === "DIMENSION_SCALE";

function dimensionsOf(name: string, dataset: Dataset): string[] {
	const shape = dataset.shape ?? [];
	const own = isScale(dataset) && shape.length === 1;
	return shape.map(
		(_, at) =>
			dataset.get_attached_scales(at)[0]?.replace(/^\//, "") ??
			(own ? name : `dim_${at}`),
	);
}

/** How long dimensions are: one that may grow is as long as what was written farthest along it. */
function lengthsOf(
	datasets: ReadonlyMap<string, Dataset>,
): ReadonlyMap<string, number> {
	const lengths = new Map<string, number>();
	for (const [name, dataset] of datasets)
		for (const [at, dimension] of dimensionsOf(name, dataset).entries()) {
			const length = dataset.shape?.[at] ?? 0;
			lengths.set(dimension, Math.max(length, lengths.get(dimension) ?? 0));
		}
	return lengths;
}

function metaOf(
	name: string,
	dataset: Dataset,
	lengths: ReadonlyMap<string, number>,
) {
	const { attrs } = dataset;
	const called = String(attrs.NAME?.value);
	if (isScale(dataset) && called.startsWith(onlyDimension)) return undefined;
	const type = typeOf(dataset);
	const stored = dataset.shape ?? [];
	const dimensions = dimensionsOf(name, dataset);
	const shape = stored.map((size, at) => {
		const dimension = dimensions[at] ?? "";
		return dimension.startsWith("dim_")
			? size
			: (lengths.get(dimension) ?? size);
	});
	const chunks =
		dataset.metadata.chunks ??
		plainChunks(shape, Math.floor(pieceBytes / octetsOf[type]));
	const attributes = attributesOf(attrs);
	const { _FillValue: fill } = attributes;
	const meta = {
		name,
		shape,
		chunks,
		type,
		dimensions,
		attributes,
		fill: typeof fill === "number" ? fill : defaultFill(type),
		maskedFill: undefined,
		single: isSingle(singlesOf(attrs), type, attrs.add_offset !== undefined),
		stored,
	};
	checkSizes({ ...meta, shards: undefined }, octetsOf[type]);
	return meta;
}

function typeOf({ metadata }: Dataset): NumberType {
	const { type, size, signed } = metadata;
	// Classes of HDF5: 0 integers, 1 floats.
	const name =
		type === 0 ? `${signed ? "int" : "uint"}${8 * size}` : `float${8 * size}`;
	const known = Object.keys(octetsOf).find(
		(one): one is NumberType => one === name,
	);
	if ((type === 0 || type === 1) && known !== undefined && name !== "float16")
		return known;
	throw new UnreadableArray(
		`has values of class ${type} of HDF5, ${size} octets each`,
	);
}

/** Octets of a piece of an array that lies in one piece. */
const pieceBytes = 4 * 1024 * 1024;

function attributesOf(
	attrs: Readonly<Record<string, Attribute>>,
): Record<string, unknown> {
	const found: Record<string, unknown> = {};
	for (const [name, attribute] of Object.entries(attrs))
		if (!internal.includes(name)) found[name] = plain(attribute.value);
	return found;
}

/** Numbers as numbers, one alone as itself; text as text. */
function plain(value: unknown): unknown {
	if (typeof value === "bigint") return Number(value);
	if (!ArrayBuffer.isView(value) || value instanceof DataView) return value;
	const numbers = Array.from(Object.values(value), Number);
	return numbers.length === 1 ? numbers[0] : numbers;
}

/** Attributes that are floats of four octets. */
function singlesOf(
	attrs: Readonly<Record<string, Attribute>>,
): ReadonlySet<string> {
	const names = Object.keys(attrs).filter((name) => {
		const { type, size } = attrs[name]?.metadata ?? {};
		return type === 1 && size === 4;
	});
	return new Set(names);
}
