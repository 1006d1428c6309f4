import { statSync } from "node:fs";
import { LRUCache } from "lru-cache";
import { ChangedFile, changedIfGone } from "../bytes/changed.ts";
import { type FileSource, openFile } from "../bytes/file.ts";
import { Gate } from "../bytes/gate.ts";
import { remoteGap } from "../bytes/http.ts";
import type { ByteSource } from "../bytes/source.ts";
import { run } from "../bytes/steps.ts";
import {
	BrokenField,
	type Cost,
	type Field,
	UnsupportedField,
} from "../cube/field.ts";
import { learnRanks } from "../grib/values/bitmap.ts";
import { learnRestarts } from "../grib/values/ccsds.ts";
import { costOf } from "../grib/values/cost.ts";
import { DecodedFields } from "../grib/values/decoded.ts";
import {
	accessOf,
	byPoint,
	gridOctets,
	type Layout,
	layoutOf,
} from "../grib/values/layout.ts";
import type { Known, PackedField } from "../grib/values/packed.ts";
import { readValues } from "../grib/values/read.ts";
import type { Grid } from "../grid/grid.ts";
import { openGrid } from "../grid/open.ts";
import type { Ranges } from "../grid/ranges.ts";
import type { FindPoints } from "../grid/unstructured.ts";
import { toldOf } from "./faulty.ts";
import { layoutAt } from "./layouttable.ts";
import type { Learnt } from "./learnt.ts";
import { isRemote } from "./remote/place.ts";
import type { Remotes } from "./remote/remotes.ts";
import { sameStamp, stampText } from "./stamp.ts";
import { type FieldTable, keysAt, type TableFile } from "./table.ts";

/** Files that stay open while they are in use. */
const mostOpen = 64;
/** Of files elsewhere. */
const fieldsAtATime = 8;
/** Headers that the index lacks, read at a time. */
const headersAtATime = 8;
/** Octets of decoded values that are kept: thirty fields of a million points. */
const mostDecoded = 1 << 28;

/** Open files of archives, the least recently used closed first. Dispose to close them all. */
export class OpenSources implements Disposable {
	readonly #sources = new LRUCache<string, FileSource>({
		max: mostOpen,
		dispose: (source) => source.close(),
	});

	/** What cannot be read but whole, decoded. */
	readonly decoded = new DecodedFields(mostDecoded);
	/** Asked for with each read: spelling a name takes longer than finding what it names. */
	readonly #names = new WeakMap<TableFile, string>();

	/** @throws ChangedFile, or what the file system says */
	get(file: TableFile): ByteSource {
		let name = this.#names.get(file);
		if (name === undefined) {
			name = `${file.path}\u0000${stampText(file)}`;
			this.#names.set(file, name);
		}
		let source = this.#sources.get(name);
		if (source === undefined) {
			source = openedAs(file);
			this.#sources.set(name, source);
		}
		return source;
	}

	[Symbol.dispose](): void {
		this.#sources.clear();
	}
}

/** What fields of files need beside their table. */
export interface FieldSurroundings {
	readonly sources: OpenSources;
	/** How files elsewhere are read; left out: there are none. */
	readonly remotes?: Remotes | undefined;
	readonly learnt: Learnt;
	/** Where the points of unstructured grids come from. */
	readonly points?: FindPoints | undefined;
}

function openedAs(file: TableFile): FileSource {
	const { path } = file;
	try {
		const { size, mtimeMs } = statSync(path);
		if (!sameStamp({ size, mtimeMs }, file)) throw new ChangedFile(path);
		return openFile(path);
	} catch (error) {
		throw changedIfGone(path, error);
	}
}

/**
 * The fields of a table: GRIB messages. What the index does not have of them is read here, so that afterwards grids and
 * costs are told at once; what is wrong with a field is told by the field.
 *
 * @throws ChangedFile, RemoteError
 */
export const fieldsOf = (
	table: FieldTable,
	around: FieldSurroundings,
	signal?: AbortSignal,
): Promise<readonly Field[]> => messagesOf(table, around, signal);

async function messagesOf(
	table: FieldTable,
	around: FieldSurroundings,
	signal?: AbortSignal,
): Promise<readonly MessageField[]> {
	const grids = new Map<Uint8Array, Grid>();
	const fields = Array.from(
		table.offsets,
		(_, place) => new MessageField(table, place, { ...around, grids }),
	);
	const gate = new Gate(headersAtATime);
	const unread = fields.filter(({ isRead }) => !isRead);
	await Promise.all(
		unread.map((field) => gate.pass(() => field.readHeader(signal))),
	);
	return fields;
}

/**
 * Learns of each message what its first reader would have to: where its restart intervals lie, how many values come
 * before each part of its bitmap. What cannot be read is left to who asks for it.
 *
 * @returns of how many something was learnt
 */
export async function learnAll(
	table: FieldTable,
	around: FieldSurroundings,
	check: () => void | Promise<void>,
): Promise<number> {
	let count = 0;
	for (const field of await messagesOf(table, around)) {
		const pause = check();
		if (pause !== undefined) await pause;
		try {
			if (await field.learn()) count += 1;
		} catch (error) {
			if (!(error instanceof UnsupportedField || error instanceof BrokenField))
				throw error;
		}
	}
	return count;
}

interface Around extends FieldSurroundings {
	/** By the octets of their sections, which a table has once. */
	readonly grids: Map<Uint8Array, Grid>;
}

class MessageField implements Field {
	readonly keys: Readonly<Record<string, string>>;
	readonly #table: FieldTable;
	readonly #place: number;
	readonly #around: Around;
	#packed: PackedMessage | undefined;
	/** What the header says, where the index does not have it. */
	#header: Header | undefined;

	constructor(table: FieldTable, place: number, around: Around) {
		this.#table = table;
		this.#place = place;
		this.#around = around;
		this.keys = keysAt(table, place);
	}

	get parallel(): number | undefined {
		return this.#around.remotes && isRemote(this.#at().file.path)
			? fieldsAtATime
			: undefined;
	}

	/** Whether all of its header is known that grid, cost and values need. */
	get isRead(): boolean {
		return (
			gridIn(this.#table, this.#place) !== undefined ||
			this.#header !== undefined
		);
	}

	/** Reads what the index does not have of the header. A fault of the message is kept for who asks it for something. */
	async readHeader(signal?: AbortSignal): Promise<void> {
		const { file, offset, length } = this.#at();
		const source = sourceOf(file, this.#around);
		try {
			const layout = await layoutOf(source, offset, length, signal);
			this.#header = { layout, grid: await gridOctets(source, layout, signal) };
		} catch (error) {
			if (!(error instanceof UnsupportedField || error instanceof BrokenField))
				throw error;
			this.#header = { fault: error };
		}
	}

	grid(): Grid | Promise<Grid> {
		return this.#told(() => this.#grid());
	}

	#grid(): Grid | Promise<Grid> {
		const octets = gridIn(this.#table, this.#place);
		const known = octets && this.#around.grids.get(octets);
		if (known) return known;
		const { layout } = this.#open();
		const grid = openGrid(
			{
				edition: layout.edition,
				octets: octets ?? this.#headerRead().grid,
				...(layout.edition === 1 && { values: layout.points }),
			},
			this.#around.points,
		);
		const checked = (grid: Grid): Grid => {
			if (grid.size !== layout.points)
				throw new UnsupportedField(
					`the message at ${layout.offset} has ${layout.points} values for the ${grid.size} points of its grid`,
				);
			if (octets) this.#around.grids.set(octets, grid);
			return grid;
		};
		return grid instanceof Promise ? grid.then(checked) : checked(grid);
	}

	cost(ranges: Ranges): Cost {
		return this.#told(() => {
			const packed = this.#open();
			const { layout } = packed;
			return costOf(layout, ranges, packed.known, packed.gap);
		});
	}

	read(
		ranges: Ranges,
		out: Float64Array,
		signal?: AbortSignal,
	): void | Promise<void> {
		return this.#told(() => this.#read(ranges, out, signal));
	}

	#read(
		ranges: Ranges,
		out: Float64Array,
		signal?: AbortSignal,
	): void | Promise<void> {
		const packed = this.#open();
		if (!packed.learns) return readValues(packed, ranges, out, signal);
		const { restarts, ranks } = packed.known;
		const pending = readValues(packed, ranges, out, signal);
		const keep = (): void => {
			const { known } = packed;
			if (known.restarts !== restarts || known.ranks !== ranks)
				this.#keep(known);
		};
		return pending === undefined ? keep() : pending.then(keep);
	}

	/** A fault, now or later, is told with the file and the field. */
	#told<T>(work: () => T): T;
	#told(work: () => unknown): unknown {
		try {
			const done = work();
			if (!(done instanceof Promise)) return done;
			return done.catch((error) => this.#tell(error));
		} catch (error) {
			return this.#tell(error);
		}
	}

	#tell(error: unknown): never {
		throw toldOf(error, this.#at().file.path, this.keys);
	}

	/** Whether there was something to be learnt. */
	async learn(): Promise<boolean> {
		const packed = this.#open();
		if (!packed.learns) return false;
		const { layout, known } = packed;
		const counted = layout.bitmapLength === 0 || known.ranks !== undefined;
		const found = layout.packing !== "ccsds" || known.restarts !== undefined;
		if (!counted) await run(learnRanks(packed));
		if (!found) await run(learnRestarts(packed));
		if (counted && found) return false;
		this.#keep(known);
		return true;
	}

	#keep(known: Known): void {
		const { file, offset } = this.#at();
		this.#around.learnt.keep(file, offset, known);
	}

	#open(): PackedMessage {
		this.#packed ??= this.#find();
		return this.#packed;
	}

	#find(): PackedMessage {
		const { file, offset, length } = this.#at();
		const layout =
			layoutAt(this.#table.layouts, this.#place, { offset, length }) ??
			this.#headerRead().layout;
		return new PackedMessage(layout, file, this.#around);
	}

	/** @throws UnsupportedField, BrokenField: why it is not in the index */
	#headerRead(): Exclude<Header, { fault: Error }> {
		const header = this.#header;
		if (header === undefined)
			throw new Error(`the header of field ${this.#place} was not read`);
		if ("fault" in header) throw header.fault;
		return header;
	}

	#at() {
		const { files, fileOf, offsets, lengths } = this.#table;
		const file = files[fileOf[this.#place] ?? 0];
		if (!file) throw new Error(`field ${this.#place} has no file`);
		const offset = offsets[this.#place] ?? 0;
		return { file, offset, length: lengths[this.#place] ?? 0 };
	}
}

type Header =
	| { readonly layout: Layout; readonly grid: Uint8Array }
	| { readonly fault: UnsupportedField | BrokenField };

class PackedMessage implements PackedField {
	readonly layout: Layout;
	readonly learns: boolean;
	readonly decoded?: NonNullable<PackedField["decoded"]>;
	readonly #file: TableFile;
	readonly #around: Around;
	#known: Known | undefined;

	constructor(layout: Layout, file: TableFile, around: Around) {
		this.layout = layout;
		this.learns = learns(layout);
		this.#file = file;
		this.#around = around;
		if (accessOf(layout) === "whole")
			this.decoded = {
				cache: around.sources.decoded,
				id: `${file.path}\u0000${stampText(file)}\u0000${layout.offset}`,
			};
	}

	/** Asked for each time: sources are closed when many are in use. */
	get source(): ByteSource {
		return sourceOf(this.#file, this.#around);
	}

	/** Of its source; told without opening it. */
	get gap(): number | undefined {
		return isRemote(this.#file.path) ? remoteGap : undefined;
	}

	get known(): Known {
		this.#known ??= this.learns
			? this.#around.learnt.of(this.#file, this.layout.offset)
			: {};
		return this.#known;
	}
}

/** Of most messages there is nothing to be learnt: what is known of them is not looked for. */
const learns = (layout: Layout): boolean =>
	layout.packing === "ccsds" || (layout.bitmapLength > 0 && !byPoint(layout));

/** The section that defines the grid of a field, where the index has it. */
const gridIn = (
	{ layouts }: FieldTable,
	place: number,
): Uint8Array | undefined => layouts.grids[(layouts.gridOf[place] ?? 0) - 1];

function sourceOf(
	file: TableFile,
	{ sources, remotes }: FieldSurroundings,
): ByteSource {
	if (!isRemote(file.path)) return sources.get(file);
	if (!remotes) throw new Error("a file elsewhere, and no way to it");
	return remotes.source(file);
}
