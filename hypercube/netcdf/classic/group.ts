import type { ByteSource } from "../../bytes/source.ts";
import { BrokenField } from "../../cube/field.ts";
import type { ChunkCache } from "../../zarr/cache.ts";
import { checkSizes, UnreadableArray } from "../../zarr/format/meta.ts";
import { octetsOf } from "../../zarr/format/types.ts";
import type { Group, ZarrFault } from "../../zarr/group.ts";
import { defaultFill, isSingle, plainChunks } from "../arrays.ts";
import { Short } from "./cursor.ts";
import {
	type ParsedHeader,
	type ParsedVariable,
	parseHeader,
} from "./parse.ts";
import { padded } from "./types.ts";
import { type ClassicMeta, ClassicVariable } from "./variable.ts";

/** Octets of a header that are read at first, and then: hardly one has more than the first. */
const parts = [64 * 1024, 1024 * 1024, 16 * 1024 * 1024];

/** A chunk has so many times the octets that a read brings along for nothing. */
const reads = 4;

/** Reads of a chunk at most, where records lie too far from each other to be read along. */
const mostReads = 64;

/** A file, and what tells it from another, or from itself when it was changed. */
export interface Opened {
	readonly source: ByteSource;
	/** The same for many reads that follow each other: a file that stays open meanwhile. */
	hold?(): ByteSource & Disposable;
	readonly id: string;
}

/** The variables of a file of NetCDF's classic format. @throws BrokenField; what the source says */
export async function classicGroup(
	opened: Opened,
	cache: ChunkCache,
	signal: AbortSignal,
): Promise<Group> {
	const header = await headerOf(opened.source, signal);
	const variables = new Map<string, ClassicVariable>();
	const faults: ZarrFault[] = [];
	const records = recordsOf(header, opened.source.size);
	for (const variable of header.variables) {
		const { name } = variable;
		try {
			if (variables.has(name))
				throw new UnreadableArray("has the name of another");
			const meta = metaOf(variable, header, records, opened.source);
			variables.set(name, new ClassicVariable(meta, opened, cache));
		} catch (error) {
			if (!(error instanceof UnreadableArray)) throw error;
			faults.push({ variable: name, reason: error.message });
		}
	}
	return { variables, attributes: header.attributes.values, faults };
}

async function headerOf(
	source: ByteSource,
	signal: AbortSignal,
): Promise<ParsedHeader> {
	for (const part of parts) {
		const length = Math.min(part, source.size);
		const bytes = await source.read(0, length, signal);
		try {
			return parseHeader(bytes);
		} catch (error) {
			if (!(error instanceof Short)) throw error;
			if (length === source.size)
				throw new BrokenField("the file ends within its header");
		}
	}
	throw new BrokenField(
		`the header has more than the ${parts.at(-1)} octets that are read`,
	);
}

/** How many records there are, and how far each lies from the next. */
interface Records {
	readonly count: number;
	readonly octets: number;
}

function recordsOf(header: ParsedHeader, size: number): Records {
	const along = header.variables.filter((one) => hasRecords(one, header));
	const [only] = along;
	// One alone lies without gaps.
	const octets =
		along.length === 1 && only !== undefined
			? sliceOctets(only, header)
			: along.reduce((sum, one) => sum + padded(sliceOctets(one, header)), 0);
	if (header.records !== undefined) return { count: header.records, octets };
	const first = Math.min(...along.map(({ begin }) => begin));
	const count = octets > 0 ? Math.floor((size - first) / octets) : 0;
	return { count: Math.max(0, count), octets };
}

const lengthOf = (dimension: number | undefined, header: ParsedHeader) =>
	header.dimensions[dimension ?? -1]?.length ?? 0;

const hasRecords = (
	{ dimensions: [first] }: ParsedVariable,
	header: ParsedHeader,
): boolean => first !== undefined && lengthOf(first, header) === 0;

/** Octets of a variable, of one with records those of each. */
function sliceOctets(variable: ParsedVariable, header: ParsedHeader): number {
	const { dimensions, type } = variable;
	const inner = hasRecords(variable, header) ? dimensions.slice(1) : dimensions;
	return inner.reduce(
		(product, one) => product * lengthOf(one, header),
		type === "char" ? 1 : octetsOf[type],
	);
}

function metaOf(
	variable: ParsedVariable,
	header: ParsedHeader,
	records: Records,
	{ size, gap = 4096 }: ByteSource,
): ClassicMeta {
	const { name, type, begin, attributes } = variable;
	if (type === "char") throw new UnreadableArray("holds text");
	const recorded = hasRecords(variable, header);
	if (variable.dimensions.slice(1).some((one) => lengthOf(one, header) === 0))
		throw new UnreadableArray("has records within each other");
	const shape = variable.dimensions.map((one, at) =>
		recorded && at === 0 ? records.count : lengthOf(one, header),
	);
	const slice = sliceOctets(variable, header);
	const steps = recorded ? records.count - 1 : 0;
	const end = begin + steps * records.octets + slice;
	if (steps >= 0 && !(end <= size))
		throw new UnreadableArray(`ends at octet ${end}, and the file at ${size}`);
	const octets = octetsOf[type];
	const room = reads * gap;
	const inner = plainChunks(
		recorded ? shape.slice(1) : shape,
		Math.max(1, Math.floor(room / octets)),
	);
	const near =
		records.octets <= gap ? Math.floor(room / records.octets) : mostReads;
	const together = Math.min(near, Math.floor(room / slice), records.count);
	const { _FillValue: fill } = attributes.values;
	const meta = {
		name,
		shape,
		chunks: recorded ? [Math.max(1, together), ...inner] : inner,
		type,
		dimensions: variable.dimensions.map(
			(one) => header.dimensions[one]?.name ?? "",
		),
		attributes: attributes.values,
		fill: typeof fill === "number" ? fill : defaultFill(type),
		maskedFill: undefined,
		single: isSingle(
			attributes.single,
			type,
			attributes.values.add_offset !== undefined,
		),
		begin,
		apart: recorded ? records.octets : undefined,
	};
	checkSizes({ ...meta, shards: undefined }, octets);
	return meta;
}
