import { createHash } from "node:crypto";
import {
	closeSync,
	fstatSync,
	ftruncateSync,
	mkdirSync,
	openSync,
	readSync,
	writeSync,
} from "node:fs";
import { dirname } from "node:path";
import { LRUCache } from "lru-cache";
import type { Known } from "../grib/values/packed.ts";
import { placesOf } from "./keep.ts";
import {
	decodeHead,
	decodeRecord,
	encodeRecord,
	headLength,
} from "./learntcode.ts";
import { stampText } from "./stamp.ts";
import type { TableFile } from "./table.ts";

/** Octets of what was learnt that are kept in memory, and beside one data file. */
const mostHeld = 64 * 1024 * 1024;
const mostKept = 1024 * 1024 * 1024;
const mostOpen = 64;

/** What is learnt of messages on first touch: offsets into their packed values, counts of their bitmaps. */
export interface Learnt {
	/** What is known of the message at an offset; who reads fills it. */
	of(file: TableFile, offset: number): Known;
	/** It was filled just now. */
	keep(file: TableFile, offset: number, known: Known): void;
}

/**
 * Keeps what is learnt beside the index of each file, for whoever reads it next: a file that only grows, of records that
 * are checked when they are read. Several processes may append at once; a record that is there twice, or torn, does no
 * harm. It bears the state of the data file in its name, so nobody believes what was learnt of another.
 */
export class KeptLearnt implements Learnt, Disposable {
	readonly #indexFolder: string | undefined;
	readonly #held = new LRUCache<string, Known>({
		maxSize: mostHeld,
		sizeCalculation: (known) => 64 + sizeOf(known),
	});
	readonly #logs = new LRUCache<string, Log>({
		max: mostOpen,
		dispose: (log) => log.close(),
	});

	constructor(indexFolder: string | undefined) {
		this.#indexFolder = indexFolder;
	}

	of(file: TableFile, offset: number): Known {
		const name = `${nameOf(file)}\u0000${offset}`;
		let known = this.#held.get(name);
		if (known === undefined) {
			known = this.#log(file).read(offset) ?? {};
			this.#held.set(name, known);
		}
		return known;
	}

	keep(file: TableFile, offset: number, known: Known): void {
		const name = `${nameOf(file)}\u0000${offset}`;
		// Taken out first: else its size would stay what it was before it was filled.
		this.#held.delete(name);
		this.#held.set(name, known);
		this.#log(file).append(offset, known);
	}

	[Symbol.dispose](): void {
		this.#logs.clear();
		this.#held.clear();
	}

	#log(file: TableFile): Log {
		const name = nameOf(file);
		const log = this.#logs.get(name) ?? new Log(file, this.#indexFolder);
		this.#logs.set(name, log);
		return log;
	}
}

const nameOf = (file: TableFile): string =>
	`${file.path}\u0000${stampText(file)}`;

const sizeOf = ({ ranks, restarts }: Known): number =>
	(ranks?.byteLength ?? 0) + (restarts?.byteLength ?? 0);

/** The records of one data file. Where none can be written, what is learnt lasts as long as the process. */
class Log {
	readonly #descriptor: number | undefined;
	/** Where the record of each message begins. */
	readonly #places = new Map<number, { at: number; length: number }>();
	#end = 0;
	/** What follows the last record is none, or cannot be written. */
	#torn = false;

	constructor(file: TableFile, indexFolder: string | undefined) {
		const places = placesOf(file.path, indexFolder).map((place) =>
			place.replace(/idx$/, endingOf(file)),
		);
		this.#descriptor = firstOpened(places);
		this.#look();
		this.#mend();
	}

	read(offset: number): Known | undefined {
		if (this.#descriptor === undefined) return undefined;
		const place = this.#places.get(offset);
		if (!place) return undefined;
		const record = Buffer.alloc(place.length);
		const read = readSync(this.#descriptor, record, 0, place.length, place.at);
		const found = decodeRecord(record.subarray(0, read));
		// Who mended the file may have put another's record in its place.
		return found?.offset === offset ? found.known : undefined;
	}

	/** Nothing follows what is torn: it would not be found again, and the file would grow without end. */
	append(offset: number, known: Known): void {
		this.#look();
		if (this.#descriptor === undefined || this.#torn) return;
		if (this.#end > mostKept) return;
		try {
			// One write, at the end wherever that is by now: records of several writers do not mix.
			writeSync(this.#descriptor, encodeRecord({ offset, known }));
			this.#look();
		} catch {
			// No room: it is learnt again by who comes next.
			this.#torn = true;
		}
	}

	close(): void {
		if (this.#descriptor !== undefined) closeSync(this.#descriptor);
	}

	/** Finds the records that were added since the last look. What is no record ends it. */
	#look(): void {
		if (this.#descriptor === undefined) return;
		const { size } = fstatSync(this.#descriptor);
		const head = Buffer.alloc(headLength);
		while (this.#end + headLength <= size) {
			readSync(this.#descriptor, head, 0, headLength, this.#end);
			const found = decodeHead(head);
			if (!found || this.#end + found.length > size) break;
			this.#places.set(found.offset, { at: this.#end, length: found.length });
			this.#end += found.length;
		}
		this.#torn = this.#end !== size;
	}

	/** Takes away what a full disk or a crash left of a record. */
	#mend(): void {
		if (this.#descriptor === undefined || !this.#torn) return;
		ftruncateSync(this.#descriptor, this.#end);
		this.#torn = false;
	}
}

/** The state of the data file, as part of a file's name. */
function endingOf({ size, mtimeMs, tag }: TableFile): string {
	const time = Math.round(mtimeMs * 1000).toString(36);
	const state = `${size.toString(36)}-${time}`;
	if (tag === undefined) return `${state}.learnt`;
	const hash = createHash("sha256").update(tag).digest("hex").slice(0, 12);
	return `${state}-${hash}.learnt`;
}

/** The first place that can be written; undefined where none can. */
function firstOpened(places: readonly string[]): number | undefined {
	for (const place of places) {
		try {
			mkdirSync(dirname(place), { recursive: true });
			return openSync(place, "a+");
		} catch {
			// Read-only, or no room: the next place, else it is learnt again each time.
		}
	}
	return undefined;
}
