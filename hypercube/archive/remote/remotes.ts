import { LRUCache } from "lru-cache";
import { ChangedFile } from "../../bytes/changed.ts";
import { type HttpOptions, httpSource, lookAt } from "../../bytes/http.ts";
import { RemoteError } from "../../bytes/range.ts";
import type { ByteSource } from "../../bytes/source.ts";
import { type Stamp, stampText } from "../stamp.ts";
import {
	Bucket,
	below,
	type Chosen,
	isPattern,
	matching,
	type S3Keys,
} from "./bucket.ts";
import {
	type HttpPlace,
	isRemote,
	type RemotePlace,
	remotePlace,
	type S3Place,
	toldName,
} from "./place.ts";

/** How files elsewhere are reached. Plain data, which crosses to threads and goes nowhere else: it holds secrets. */
export interface RemoteAccess {
	/** Paths of the configuration, queries included. */
	readonly path: readonly string[];
	/** Of S3; left out: the buckets are open to all. */
	readonly keys?: S3Keys | undefined;
}

/** A file elsewhere, in the state it was found. */
export interface RemoteFile extends Stamp {
	/** `https://host/path` or `s3://host/bucket/key`. */
	readonly path: string;
}

/** Milliseconds: whoever waits for fields waits for a look, too. */
const patience = 15_000;
const pauses: readonly number[] = [200];
/** Sources hold nothing open: only how many read from one at a time. */
const mostSources = 256;

/** Finds and reads the files to which some paths lead on other machines. */
export class Remotes {
	readonly #keys: S3Keys | undefined;
	readonly #options: HttpOptions;
	readonly #urls = new Map<string, string>();
	readonly #buckets = new Map<string, Bucket>();
	readonly #names = new WeakMap<RemoteFile, string>();
	readonly #sources = new LRUCache<string, ByteSource>({ max: mostSources });

	/** @param options of reading; for tests */
	constructor({ path, keys }: RemoteAccess, options: HttpOptions = {}) {
		this.#keys = keys;
		this.#options = options;
		for (const one of path.filter(isRemote)) {
			const place = placeOf(one);
			if (place?.kind === "http") this.#urls.set(place.name, place.url);
			if (place?.kind === "s3") this.#bucket(place);
		}
	}

	/**
	 * The files that one of the paths leads to, as they are now. Absent ones are none.
	 * @throws RemoteError where it cannot be told, or Error for a path that cannot be understood
	 */
	async find(path: string, signal: AbortSignal): Promise<RemoteFile[]> {
		const place = remotePlace(path);
		if (place.kind === "http") return this.#object(place, signal);
		const { pattern } = place;
		if (isPattern(pattern))
			return this.#listed(place, matching(pattern), signal);
		if (pattern !== "" && !pattern.endsWith("/")) {
			const found = await this.#object(
				{ name: place.start + pattern, key: pattern, place },
				signal,
			);
			if (found.length > 0) return found;
		}
		return this.#listed(place, below(pattern), signal);
	}

	/**
	 * A file that was found before, perhaps by another process. Nothing is asked for before it is read; it is read only
	 * as long as it is what it was: else ChangedFile is thrown.
	 */
	source(file: RemoteFile): ByteSource {
		let name = this.#names.get(file);
		if (name === undefined) {
			name = `${file.path}\u0000${stampText(file)}`;
			this.#names.set(file, name);
		}
		let source = this.#sources.get(name);
		if (source === undefined) {
			source = unchanged(file.path, this.#opened(file));
			this.#sources.set(name, source);
		}
		return source;
	}

	#opened({ path, size, mtimeMs, tag }: RemoteFile): ByteSource {
		const state = {
			size,
			etag: tag,
			...(mtimeMs > 0 && { modified: mtimeMs }),
		};
		const { url, sign } = this.#way(path);
		return httpSource(url, state, {
			...this.#options,
			name: toldName(path),
			...(sign && { sign }),
		});
	}

	/** @throws Error for a file that none of the paths leads to: another configuration's. */
	#way(path: string): Way {
		const url = this.#urls.get(path);
		if (url !== undefined) return { url };
		for (const [start, bucket] of this.#buckets)
			if (path.startsWith(start))
				return {
					url: path,
					sign: () => bucket.urlOf(path.slice(start.length)),
				};
		throw new Error(`nobody said how ${path} is reached`);
	}

	async #object(
		at: HttpPlace | { name: string; key: string; place: S3Place },
		signal: AbortSignal,
	): Promise<RemoteFile[]> {
		const sign =
			"key" in at ? () => this.#bucket(at.place).urlOf(at.key) : undefined;
		try {
			const { size, etag, modified } = await lookAt(
				"url" in at ? at.url : at.name,
				{
					patience,
					pauses,
					...this.#options,
					name: toldName(at.name),
					signal,
					...(sign && { sign }),
				},
			);
			return [{ path: at.name, size, mtimeMs: modified ?? 0, tag: etag }];
		} catch (error) {
			if (error instanceof RemoteError && error.fault === "absent") return [];
			throw error;
		}
	}

	async #listed(
		place: S3Place,
		{ prefix, matches }: Chosen,
		signal: AbortSignal,
	): Promise<RemoteFile[]> {
		const files: RemoteFile[] = [];
		for await (const one of this.#bucket(place).list(prefix, signal))
			if (matches(one.key))
				files.push({
					path: place.start + one.key,
					size: one.size,
					mtimeMs: one.modified,
					tag: one.etag,
				});
		return files;
	}

	#bucket(place: S3Place): Bucket {
		const bucket =
			this.#buckets.get(place.start) ?? new Bucket(place, this.#keys);
		this.#buckets.set(place.start, bucket);
		return bucket;
	}
}

interface Way {
	readonly url: string;
	readonly sign?: () => Promise<string>;
}

/** What cannot be understood is told by who looks for files there. */
function placeOf(path: string): RemotePlace | undefined {
	try {
		return remotePlace(path);
	} catch {
		return undefined;
	}
}

/** Another object of the same name, and none any more, are told as of a file. */
function unchanged(path: string, source: ByteSource): ByteSource {
	const told = (error: unknown): never => {
		const { fault } = error instanceof RemoteError ? error : {};
		throw fault === "changed" || fault === "absent"
			? new ChangedFile(toldName(path), { cause: error })
			: error;
	};
	return {
		...source,
		read(offset, length, signal) {
			const bytes = source.read(offset, length, signal);
			return bytes instanceof Promise ? bytes.catch(told) : bytes;
		},
	};
}
