import { RequestError } from "../mars/errors.ts";
import {
	type Axis,
	axesOf,
	columnOf,
	type GribRequest,
	ranksIn,
} from "./axes.ts";
import type { Catalogue } from "./catalogue.ts";
import type { FileIndex } from "./columns.ts";
import { Wanted } from "./missing.ts";
import { compare, sortedPlaces } from "./order.ts";
import type { Stamp } from "./stamp.ts";

/** A file of the archive with what is known of it. */
export interface IndexedFile extends Stamp {
	/** Absolute; of a file elsewhere, `https://…` or `s3://…`. */
	readonly path: string;
	/** Of identical messages the one in the file with the highest answers. */
	readonly sequence: number;
	readonly index: FileIndex;
}

/** Where one field lies. */
export interface Part {
	readonly file: IndexedFile;
	/** Its place in the file's index. */
	readonly row: number;
	/** Bytes from the beginning of the file. */
	readonly offset: number;
	/** Bytes. */
	readonly length: number;
}

export interface SelectOptions {
	/** Give what there is where some of the fields asked for are absent (but not where all are). */
	readonly allowPartial?: boolean | undefined;
}

/** A message, and its ranks on the axes. */
interface Matches {
	readonly files: readonly IndexedFile[];
	/** Of each match, the place of its file in `files`. */
	readonly fileOf: Uint32Array;
	/** Of each match, its place in its file's index. */
	readonly rowOf: Uint32Array;
	/** Of each axis, the rank of each match. */
	readonly ranks: ReadonlyMap<Axis, Int32Array>;
}

/**
 * The fields a request asks for, nested in the order of the axes, each axis in the request's own order.
 * Of messages with identical keys the last indexed is taken. `files` are in the order they were indexed.
 * @throws RequestError for unknown keys, absent fields (each combination of the values asked for must
 * have one) and requests beyond bounds.
 */
export function select(
	files: readonly IndexedFile[],
	catalogue: Catalogue,
	request: GribRequest,
	options: SelectOptions = {},
): Part[] {
	if (catalogue.keys.length === 0)
		throw new RequestError(["the archive has no fields"]);
	const axes = axesOf(catalogue, request);
	const wanted = new Wanted(axes);
	const matches = matchesIn(files, axes);
	for (let match = 0; match < matches.rowOf.length; match++) {
		wanted.note((axis) => matches.ranks.get(axis)?.[match] ?? 0);
	}
	wanted.check(options.allowPartial ?? false);
	return ordered(matches).map((match) => partOf(matches, match));
}

function matchesIn(
	files: readonly IndexedFile[],
	axes: readonly Axis[],
): Matches {
	const fileOf: number[] = [];
	const rowOf: number[] = [];
	const tables: (readonly Int32Array[])[] = [];
	const searched: IndexedFile[] = [];
	for (const file of files) {
		const ranks = axes.map((axis) => ranksIn(axis, file.index));
		const known = ranks.filter((table) => table !== undefined);
		if (known.length < axes.length) continue;
		for (const row of rowsIn(file.index, axes, known)) {
			fileOf.push(searched.length);
			rowOf.push(row);
		}
		searched.push(file);
		tables.push(known);
	}
	const found = {
		files: searched,
		fileOf: Uint32Array.from(fileOf),
		rowOf: Uint32Array.from(rowOf),
	};
	const ranks = axes.map((axis, place) => {
		const codes = searched.map(({ index }) => columnOf(axis, index)?.codes);
		const column = new Int32Array(found.rowOf.length);
		for (let match = 0; match < column.length; match++) {
			const file = found.fileOf[match] ?? 0;
			const code = codes[file]?.[found.rowOf[match] ?? 0] ?? 0;
			column[match] = tables[file]?.[place]?.[code] ?? 0;
		}
		return [axis, column] as const;
	});
	return { ...found, ranks: new Map(ranks) };
}

/** The rows of a file that every axis of the request takes. */
function rowsIn(
	index: FileIndex,
	axes: readonly Axis[],
	tables: readonly Int32Array[],
): number[] {
	// An axis whose every code is wanted decides nothing; this leaves few, often none.
	const filters = axes.flatMap((axis, place) => {
		const ranks = tables[place];
		const codes = columnOf(axis, index)?.codes;
		return ranks && codes && ranks.some((rank) => rank < 0)
			? [{ ranks, codes }]
			: [];
	});
	const rows: number[] = [];
	for (let row = 0; row < index.offsets.length; row++) {
		if (
			filters.every(({ ranks, codes }) => (ranks[codes[row] ?? 0] ?? -1) >= 0)
		)
			rows.push(row);
	}
	return rows;
}

/** The matches in the order of the result, of identical ones only the last: they stay in the order they were indexed. */
function ordered({ rowOf, ranks }: Matches): number[] {
	const columns = [...ranks.values()].filter((column) =>
		column.some((rank) => rank !== column[0]),
	);
	const sorted = sortedPlaces(rowOf.length, columns);
	const last: number[] = [];
	for (const [place, match] of sorted.entries()) {
		const next = sorted[place + 1];
		if (next === undefined || compare(columns, match, next) !== 0)
			last.push(match);
	}
	return last;
}

/** All messages of a file. */
export const partsOf = (file: IndexedFile): Part[] =>
	Array.from(file.index.offsets, (offset, row) => ({
		file,
		row,
		offset,
		length: file.index.lengths[row] ?? 0,
	}));

function partOf({ files, fileOf, rowOf }: Matches, match: number): Part {
	const file = files[fileOf[match] ?? 0];
	const row = rowOf[match] ?? 0;
	if (!file) throw new Error(`match ${match} has no file`);
	return {
		file,
		row,
		offset: file.index.offsets[row] ?? 0,
		length: file.index.lengths[row] ?? 0,
	};
}
