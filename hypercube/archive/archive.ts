import { ChangedFile } from "../bytes/changed.ts";
import type { HttpOptions } from "../bytes/http.ts";
import type { GribRequest } from "./axes.ts";
import { Catalogue } from "./catalogue.ts";
import { type FileFault, paramColumn, valueAt } from "./columns.ts";
import { findFiles } from "./files.ts";
import { readParts } from "./read.ts";
import { refreshFiles } from "./refresh.ts";
import type { S3Keys } from "./remote/bucket.ts";
import { type Away, Looks } from "./remote/looks.ts";
import { isRemote } from "./remote/place.ts";
import { Remotes } from "./remote/remotes.ts";
import {
	type IndexedFile,
	type Part,
	type SelectOptions,
	select,
} from "./select.ts";

export type { GribRequest } from "./axes.ts";
export type { Part, SelectOptions } from "./select.ts";

export interface ArchiveOptions {
	/** Files, folders and glob patterns; `https://…` for a file elsewhere, `s3://host/bucket/…` for objects of S3. */
	readonly path: readonly string[];
	/** Of S3; left out: its buckets are open to all. */
	readonly keys?: S3Keys | undefined;
	/** Where the index of a file goes whose own folder cannot be written. */
	readonly indexFolder?: string | undefined;
	/** Whether indexes are written to disk, for the next time; they are, unless it says no. */
	readonly keep?: boolean | undefined;
	/** How what lies elsewhere is asked for; for tests. */
	readonly http?: HttpOptions | undefined;
	/** Somebody adds files: before a field is called missing, one looks again. */
	readonly grows?: boolean | undefined;
	/** Told all faults whenever they are others than before. */
	readonly onFaults?: ((faults: readonly ArchiveFault[]) => void) | undefined;
	/** Milliseconds of a clock that never jumps; for tests. */
	readonly now?: (() => number) | undefined;
}

/** What could not be read, and where. */
export interface ArchiveFault extends FileFault {
	readonly file: string;
}

/** A message as the index has it. */
export interface ArchiveMessage {
	readonly offset: number;
	readonly length: number;
	readonly keys: Readonly<Record<string, string>>;
}

export interface Retrieved {
	readonly mediaType: "application/x-grib";
	/** Bytes, known before the first is read. */
	readonly length: number;
	readonly fields: number;
	readonly stream: AsyncIterable<Uint8Array>;
}

/** Milliseconds for which a look at the file system is good enough for a retrieve. */
const fresh = 3000;

/** An archive of GRIB files, indexed. */
export interface Archive {
	/** Looks for new, changed and removed files now, and indexes them. Who comes while one looks, shares it. */
	refresh(): Promise<void>;
	/** The same by a look that begins after this call. */
	lookAgain(signal: AbortSignal): Promise<void>;
	/** Somebody met a file elsewhere that has changed: whoever comes next looks again, and not in a while. */
	doubt(): void;
	/** The fields a request asks for, in order. @throws RequestError that says what cannot be had. */
	select(request: GribRequest, options?: SelectOptions): Part[];
	/** Selects after a refresh, if the last was a while ago, and opens the stream of whole messages. */
	retrieve(
		request: GribRequest,
		signal: AbortSignal,
		options?: SelectOptions,
	): Promise<Retrieved>;
	/** Selects after a refresh, if the last was a while ago. */
	find(
		request: GribRequest,
		signal: AbortSignal,
		options?: SelectOptions,
	): Promise<Part[]>;
	/** All messages of each file; the same objects as long as the files are the same. */
	indexed(): readonly IndexedFile[];
	/** Paths of the files, in the order they were indexed. */
	files(): string[];
	/** All messages of a file, also those that another with the same keys hides. */
	messages(file: string): ArchiveMessage[];
	faults(): ArchiveFault[];
}

/**
 * Opens an archive: finds its files, loads their indexes, and scans those without one. Nobody waits for what lies
 * elsewhere before somebody asks for fields: a server may be away, and much may lie there.
 * @throws the signal's reason; never for what is wrong with a file, which is among the faults.
 */
export async function openArchive(
	options: ArchiveOptions,
	signal: AbortSignal,
): Promise<Archive> {
	const archive = new GribArchive(options, signal);
	const refreshed = archive.refresh();
	if (options.path.some(isRemote)) refreshed.catch(() => {});
	else await refreshed;
	return archive;
}

class GribArchive implements Archive {
	readonly #options: ArchiveOptions;
	readonly #now: () => number;
	readonly #signal: AbortSignal;
	#files: readonly IndexedFile[] = [];
	#catalogue = new Catalogue([]);
	#faults: readonly ArchiveFault[] = [];
	#told = "[]";
	#refreshing: Promise<void> | undefined;
	#ranAt = Number.NEGATIVE_INFINITY;
	/** The same of what was looked at longest ago: not all that lies elsewhere is looked at each time. */
	#lookedAt = Number.NEGATIVE_INFINITY;
	readonly #remotes: Remotes;
	readonly #looks: Looks;
	/** What was found elsewhere before is to be looked at again. */
	#doubtedAt = Number.NEGATIVE_INFINITY;
	#away: Away | undefined;

	constructor(options: ArchiveOptions, signal: AbortSignal) {
		this.#options = options;
		this.#now = options.now ?? (() => performance.now());
		this.#signal = signal;
		this.#remotes = new Remotes(options, options.http);
		this.#looks = new Looks(this.#remotes, this.#now);
	}

	refresh(): Promise<void> {
		if (this.#refreshing === undefined) this.doubt();
		return this.#look();
	}

	#look(): Promise<void> {
		// One at a time; whoever comes meanwhile shares it.
		this.#refreshing ??= this.#refresh().finally(() => {
			this.#refreshing = undefined;
		});
		return this.#refreshing;
	}

	select(request: GribRequest, options?: SelectOptions): Part[] {
		return select(this.#files, this.#catalogue, request, options);
	}

	async retrieve(
		request: GribRequest,
		signal: AbortSignal,
		options?: SelectOptions,
	): Promise<Retrieved> {
		const parts = await this.find(request, signal, options);
		return {
			mediaType: "application/x-grib",
			length: parts.reduce((sum, { length }) => sum + length, 0),
			fields: parts.length,
			stream: this.#doubting(readParts(parts, this.#remotes, signal)),
		};
	}

	async *#doubting(stream: AsyncIterable<Uint8Array>) {
		try {
			yield* stream;
		} catch (error) {
			if (error instanceof ChangedFile) this.doubt();
			throw error;
		}
	}

	indexed(): readonly IndexedFile[] {
		return this.#files;
	}

	files(): string[] {
		return this.#files.map(({ path }) => path);
	}

	messages(file: string): ArchiveMessage[] {
		const index = this.#files.find(({ path }) => path === file)?.index;
		if (!index) return [];
		const columns = [...index.columns].filter(([key]) => key !== paramColumn);
		return Array.from(index.offsets, (offset, row) => {
			const keys = columns.flatMap(([key, column]) => {
				const value = valueAt(column, row);
				return value === undefined ? [] : [[key, value] as const];
			});
			return {
				offset,
				length: index.lengths[row] ?? 0,
				keys: Object.fromEntries(keys),
			};
		});
	}

	faults(): ArchiveFault[] {
		const inFiles = this.#files.flatMap(({ path, index }) =>
			index.faults.map((fault) => ({ file: path, ...fault })),
		);
		return [...this.#faults, ...inFiles];
	}

	#tellFaults(): void {
		const faults = this.faults();
		const told = JSON.stringify(faults);
		if (told !== this.#told) this.#options.onFaults?.(faults);
		this.#told = told;
	}

	async find(
		request: GribRequest,
		signal: AbortSignal,
		options?: SelectOptions,
	): Promise<Part[]> {
		const asked = this.#now();
		await this.#beFresh(signal);
		return this.#found(request, asked, signal, options);
	}

	lookAgain(signal: AbortSignal): Promise<void> {
		return this.#lookSince(this.#now(), signal);
	}

	doubt(): void {
		this.#doubtedAt = this.#now();
	}

	/** What another worker archived a moment ago is found too: before a field is called missing, one looks again. */
	async #found(
		request: GribRequest,
		asked: number,
		signal: AbortSignal,
		options: SelectOptions | undefined,
	): Promise<Part[]> {
		try {
			return this.select(request, options);
		} catch (reason) {
			const since = this.#options.grows === true ? asked : asked - fresh;
			if (!this.#changesUnseen || this.#lookedAt >= since)
				throw this.#away ?? reason;
			await this.#lookSince(since, signal);
		}
		try {
			return this.select(request, options);
		} catch (reason) {
			throw this.#away ?? reason;
		}
	}

	/** Somebody adds files, or what lies elsewhere was looked at a while ago. */
	get #changesUnseen(): boolean {
		return this.#options.grows === true || this.#options.path.some(isRemote);
	}

	/** Waits for a look that began at this time or later: one that runs already may have passed the place. */
	async #lookSince(time: number, signal: AbortSignal): Promise<void> {
		this.#doubtedAt = Math.max(this.#doubtedAt, time);
		while (this.#lookedAt < time) await this.#refreshed(signal);
	}

	async #beFresh(signal: AbortSignal): Promise<void> {
		signal.throwIfAborted();
		const doubted = this.#doubtedAt > this.#ranAt;
		if (!doubted && this.#now() - this.#ranAt < fresh) return;
		const refreshed = this.#refreshed(signal);
		// What is known of servers will do while one looks; who misses a field waits.
		const known = this.#ranAt > Number.NEGATIVE_INFINITY;
		if (known && !doubted && this.#options.path.every(isRemote))
			refreshed.catch(() => {});
		else await refreshed;
	}

	async #refreshed(signal: AbortSignal): Promise<void> {
		signal.throwIfAborted();
		const aborted = Promise.withResolvers<never>();
		const leave = () => aborted.reject(signal.reason);
		signal.addEventListener("abort", leave, { once: true });
		try {
			// Leaving does not stop the refresh: others may wait for it too.
			await Promise.race([this.#look(), aborted.promise]);
		} finally {
			signal.removeEventListener("abort", leave);
		}
	}

	async #refresh(): Promise<void> {
		this.#signal.throwIfAborted();
		const began = this.#now();
		const doubted = this.#doubtedAt;
		const found = await findFiles(
			this.#options.path,
			(path) => this.#looks.at(path, doubted, this.#signal),
			this.#signal,
		);
		const { files, faults, away } = await refreshFiles(
			this.#files,
			found.files,
			{
				remotes: this.#remotes,
				indexFolder: this.#options.indexFolder,
				keep: this.#options.keep ?? true,
				signal: this.#signal,
			},
		);
		const problems = found.problems.map(({ path, reason }) => ({
			file: path,
			reason,
		}));
		this.#faults = [...problems, ...faults];
		if (files !== this.#files) {
			this.#files = files;
			this.#catalogue = new Catalogue(files.map(({ index }) => index));
		}
		this.#tellFaults();
		this.#ranAt = began;
		this.#lookedAt = Math.min(began, this.#looks.oldest());
		this.#away = found.away ?? away;
		if (away instanceof ChangedFile) this.doubt();
	}
}
