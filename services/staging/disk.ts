import { type FileHandle, open } from "node:fs/promises";
import { resolve } from "node:path";
import type { Readable } from "node:stream";
import { LRUCache } from "lru-cache";
import { type Clock, systemClock } from "../platform/clock.ts";
import { diskFault, orGone } from "../platform/disk-faults.ts";
import { fault } from "../platform/faults.ts";
import { writeFully, writeHashed } from "../platform/write-file.ts";
import { differs, type Expected, whatDiffers } from "./agreement.ts";
import { BODY_START, encodeHead, encodeTail } from "./container.ts";
import {
	closeSoon,
	countable,
	FOLDERS,
	folderOf,
	listFolder,
	listParts,
	moveInto,
	objectPath,
	openRoot,
	removeFile,
	sizeAndTime,
	uploadPath,
} from "./diskfolder.ts";
import { pourBody, readBody, readHead, readTail } from "./diskread.ts";
import { hashed } from "./hashed.ts";
import type {
	Arrived,
	ByteRange,
	Direct,
	ListedObject,
	Objects,
	PendingUpload,
	StoredObject,
	Upload,
	Usage,
	Written,
} from "./objects.ts";
import type { Pourable } from "./pour.ts";
import { openTally, type Tally } from "./tally.ts";
import { until } from "./until.ts";

export interface DiskOptions {
	/** Made when missing. Several processes may share one, on several hosts too. */
	readonly folder: string;
	/** Whether `commit` waits for the disk itself. Off only where losing results with the power is fine. */
	readonly fsync?: boolean;
	readonly clock?: Clock;
}

/** Staged results in a folder; container.ts tells what a file looks like. */
export async function openDisk(options: DiskOptions): Promise<Objects> {
	const { folder: root, fsync = true, clock = systemClock } = options;
	await openRoot(root);
	return new Disk(root, fsync, clock, openTally(countable(root, clock)));
}

/** Uploads that are remembered; of a dead attempt nobody asks again. */
const REMEMBERED = 10_000;

class Disk implements Objects {
	readonly #root: string;
	readonly #fsync: boolean;
	readonly #clock: Clock;
	readonly #tally: Tally;
	/** Writes that run now, so that an abort ends them. */
	readonly #writing = new Map<string, AbortController>();
	/** Uploads whose last block this process wrote: their commit need not read it back. */
	readonly #written = new LRUCache<string, StoredObject>({ max: REMEMBERED });

	constructor(root: string, fsync: boolean, clock: Clock, tally: Tally) {
		this.#root = root;
		this.#fsync = fsync;
		this.#clock = clock;
		this.#tally = tally;
	}

	create(upload: Upload): Promise<Direct> {
		return translated(async () => {
			await this.#forget(upload.key);
			const path = uploadPath(this.#root, upload.key);
			await using file = await open(path, "w");
			await writeFully(file, [encodeHead(upload)], 0);
			return { kind: "file", path: resolve(path), offset: BODY_START };
		});
	}

	async partUrls(): Promise<never> {
		throw fault("INVALID", "uploads to this staging have no parts");
	}

	write(key: string, chunks: AsyncIterable<Uint8Array>): Promise<Written> {
		return translated(async () => {
			const path = uploadPath(this.#root, key);
			if (this.#writing.has(key))
				throw fault("CONFLICT", `upload ${key} is already being written`);
			const stop = new AbortController();
			this.#writing.set(key, stop);
			try {
				await using file = await orGone(open(path, "r+"));
				if (file === undefined) throw noUpload(key);
				const object = await this.#fill(file, key, until(stop.signal, chunks));
				if (stop.signal.aborted) throw noUpload(key);
				this.#written.set(key, object);
				const { length, sha256, md5 } = object;
				return { length, sha256, md5 };
			} finally {
				if (this.#writing.get(key) === stop) this.#writing.delete(key);
			}
		});
	}

	async #fill(
		file: FileHandle,
		key: string,
		chunks: AsyncIterable<Uint8Array>,
	): Promise<StoredObject> {
		const upload = await readHead(file, key);
		if (upload === undefined) throw noUpload(key);
		await file.truncate(BODY_START);
		const written = await writeHashed(file, BODY_START, chunks);
		const createdAt = this.#clock.now();
		const object = { ...upload, ...written, md5: "", createdAt };
		const tail = encodeTail(object);
		await writeFully(file, [tail], BODY_START + written.length);
		if (this.#fsync) await file.sync();
		return object;
	}

	commit(
		key: string,
		expected: Expected,
		arrived?: Arrived,
	): Promise<StoredObject> {
		return translated(async () => {
			if (arrived) await this.#end(key, expected);
			const upload = await this.#arrived(key);
			const object = upload ?? (await this.stat(key));
			if (object === undefined) throw noUpload(key);
			if (differs(object, expected)) {
				if (upload !== undefined) await this.abort(key);
				throw fault("CONFLICT", whatDiffers(object, expected));
			}
			if (upload !== undefined) await this.#publish(upload);
			return object;
		});
	}

	/** Ends a file that somebody else has written, if it has the length that they say. */
	async #end(key: string, expected: Expected): Promise<void> {
		await using file = await orGone(open(uploadPath(this.#root, key), "r+"));
		const upload = file && (await readHead(file, key));
		if (file === undefined || upload === undefined) return;
		const { length, sha256 = "" } = expected;
		const { size } = await file.stat();
		if (size !== BODY_START + length) return;
		const createdAt = this.#clock.now();
		const object = { ...upload, length, sha256, md5: "", createdAt };
		await writeFully(file, [encodeTail(object)], size);
		if (this.#fsync) await file.sync();
		this.#written.set(key, object);
	}

	/** The upload as written; undefined when there is none, CONFLICT when it was begun and not written to its end. */
	async #arrived(key: string): Promise<StoredObject | undefined> {
		const path = uploadPath(this.#root, key);
		const whole = this.#written.get(key) ?? (await readTail(path, key));
		if (whole !== undefined || !(await sizeAndTime(path))) return whole;
		await this.abort(key);
		throw fault("CONFLICT", `upload ${key} was not written to its end`);
	}

	async #publish(object: StoredObject): Promise<void> {
		const { key, length } = object;
		this.#written.delete(key);
		using change = await this.#tally.change(folderOf(key));
		const from = uploadPath(this.#root, key);
		const moved = await moveInto(from, this.#root, key, this.#fsync);
		if (moved) change.add(length, 1);
		else if (!(await this.stat(key))) throw noUpload(key);
	}

	put(upload: Upload, bytes: Uint8Array): Promise<StoredObject> {
		return translated(async () => {
			const written = hashed(bytes);
			const object = { ...upload, ...written, createdAt: this.#clock.now() };
			await this.#forgetUpload(upload.key);
			await Promise.all([
				this.delete(upload.key),
				this.#writeWhole(object, bytes),
			]);
			await this.#publish(object);
			return object;
		});
	}

	async #writeWhole(object: StoredObject, bytes: Uint8Array): Promise<void> {
		const file = await open(uploadPath(this.#root, object.key), "w");
		try {
			const blocks = [encodeHead(object), bytes, encodeTail(object)];
			await writeFully(file, blocks, 0);
			if (this.#fsync) await file.sync();
		} finally {
			closeSoon(file);
		}
	}

	/** A key that is begun anew loses its upload and its object; nearly always there is neither. */
	async #forget(key: string): Promise<void> {
		await this.delete(key);
		await this.#forgetUpload(key);
	}

	async #forgetUpload(key: string): Promise<void> {
		if (this.#writing.has(key) || this.#written.has(key)) await this.abort(key);
	}

	abort(key: string): Promise<void> {
		return translated(async () => {
			const path = uploadPath(this.#root, key);
			this.#writing.get(key)?.abort();
			this.#writing.delete(key);
			this.#written.delete(key);
			await removeFile(path);
		});
	}

	stat(key: string): Promise<StoredObject | undefined> {
		return translated(() => readTail(objectPath(this.#root, key), key));
	}

	open(key: string, range?: ByteRange): Promise<Readable | undefined> {
		return translated(() => readBody(objectPath(this.#root, key), key, range));
	}

	openBlocks(key: string, range?: ByteRange): Promise<Pourable | undefined> {
		return translated(() => pourBody(objectPath(this.#root, key), key, range));
	}

	delete(key: string): Promise<void> {
		return translated(async () => {
			const path = objectPath(this.#root, key);
			using change = await this.#tally.change(folderOf(key));
			const file = await sizeAndTime(path);
			if (file === undefined || !(await removeFile(path))) return;
			change.add(-file.length, -1);
		});
	}

	async *list(after?: string): AsyncIterable<ListedObject> {
		const from = after === undefined ? "" : folderOf(after);
		for (const folder of FOLDERS) {
			if (folder < from) continue;
			yield* await listFolder(this.#root, folder, folder === from ? after : "");
		}
	}

	listUploads(): AsyncIterable<PendingUpload> {
		return listParts(this.#root);
	}

	usage(): Usage {
		return this.#tally.usage();
	}

	recount(): Promise<void> {
		return this.#tally.again();
	}

	counted(): Promise<void> {
		return this.#tally.counted();
	}

	async [Symbol.asyncDispose](): Promise<void> {
		for (const stop of this.#writing.values()) stop.abort();
		this.#tally.stop();
	}
}

async function translated<T>(work: () => Promise<T>): Promise<T> {
	try {
		return await work();
	} catch (reason) {
		throw diskFault(reason);
	}
}

const noUpload = (key: string) => fault("NOT_FOUND", `no upload ${key}`);
