import { posix } from "node:path";
import { Client, S3Error } from "minio";
import { RemoteError } from "../../bytes/range.ts";
import type { S3Place } from "./place.ts";

/** Who reads a bucket. */
export interface S3Keys {
	readonly accessKey: string;
	readonly secretKey: string;
}

/** An object, as a listing has it. */
export interface Listed {
	readonly key: string;
	readonly size: number;
	/** As the header of an answer spells it, in quotes. */
	readonly etag: string | undefined;
	/** Milliseconds since 1970, whole seconds. */
	readonly modified: number;
}

/** Seconds for which the URL of an object holds: it is used at once. */
const holds = 900;
/** Milliseconds without a page of a listing after which the server counts as away. */
const silence = 15_000;
const denied: ReadonlySet<unknown> = new Set([
	"AccessDenied",
	"AllAccessDisabled",
	"Forbidden",
	"InvalidAccessKeyId",
	"SignatureDoesNotMatch",
	"RequestTimeTooSkewed",
]);
const absent: ReadonlySet<unknown> = new Set(["NoSuchBucket", "NoSuchKey"]);

/** A bucket of S3, with keys or, where it is open to all, without. */
export class Bucket {
	readonly #place: S3Place;
	readonly #client: Client;
	readonly #open: boolean;

	constructor(place: S3Place, keys: S3Keys | undefined) {
		const url = new URL(place.endpoint);
		this.#place = place;
		this.#open = keys === undefined;
		this.#client = new Client({
			endPoint: url.hostname,
			useSSL: url.protocol === "https:",
			...(url.port !== "" && { port: Number(url.port) }),
			// Named, so that nobody asks the server for it.
			region: place.region,
			accessKey: keys?.accessKey ?? "",
			secretKey: keys?.secretKey ?? "",
			pathStyle: true,
			retryOptions: { disableRetry: true },
		});
	}

	/** Where an object is to be had now. */
	async urlOf(key: string): Promise<string> {
		const { endpoint, bucket } = this.#place;
		if (!this.#open) return this.#client.presignedGetObject(bucket, key, holds);
		const names = key.split("/").map(encodeURIComponent);
		return `${endpoint}/${bucket}/${names.join("/")}`;
	}

	/**
	 * The objects whose keys begin so, page by page.
	 * @throws RemoteError, the signal's reason
	 */
	async *list(prefix: string, signal: AbortSignal): AsyncGenerator<Listed> {
		const stream = this.#client.listObjectsV2(this.#place.bucket, prefix, true);
		// What comes after nobody listens any more would end the process.
		stream.on("error", () => {});
		const stop = (reason: unknown) =>
			stream.destroy(reason instanceof Error ? reason : new Error("stopped"));
		const leave = () => stop(signal.reason);
		signal.addEventListener("abort", leave, { once: true });
		const timer = setTimeout(
			() => stop(new Error(`no answer within ${silence} ms`)),
			silence,
		);
		try {
			for await (const item of stream) {
				timer.refresh();
				const listed = listedOf(item);
				if (listed) yield listed;
			}
		} catch (cause) {
			signal.throwIfAborted();
			throw this.#fault(cause);
		} finally {
			clearTimeout(timer);
			signal.removeEventListener("abort", leave);
		}
	}

	/** The error of S3 is not passed on: it has the name of a key in it, and what was signed. */
	#fault(cause: unknown): RemoteError {
		const name = `${this.#place.endpoint}/${this.#place.bucket}`;
		if (!(cause instanceof S3Error)) {
			const why = cause instanceof Error ? cause.message : String(cause);
			return new RemoteError(`${name} cannot be listed: ${why}`, true, {
				cause,
			});
		}
		const { code = "an error" } = cause;
		const text = `${name} cannot be listed: ${code}`;
		if (denied.has(code))
			return new RemoteError(text, false, { fault: "denied" });
		if (absent.has(code))
			return new RemoteError(text, false, { fault: "absent" });
		return new RemoteError(text, true);
	}
}

interface Item {
	readonly name?: string;
	readonly size?: number;
	readonly etag?: string;
	readonly lastModified?: Date | string;
}

/** Undefined for what stands for a folder. */
function listedOf({
	name,
	size,
	etag,
	lastModified,
}: Item): Listed | undefined {
	if (name === undefined || size === undefined || name.endsWith("/"))
		return undefined;
	const ms = new Date(lastModified ?? 0).getTime();
	return {
		key: name,
		size,
		etag: etag ? `"${etag}"` : undefined,
		modified: Math.floor(ms / 1000) * 1000,
	};
}

/** How a path within a bucket chooses keys. */
export interface Chosen {
	/** What all of them begin with. */
	readonly prefix: string;
	readonly matches: (key: string) => boolean;
}

/** The keys below a folder; those that begin with a dot are left out, as on a disk. */
export function below(folder: string): Chosen {
	const prefix = folder === "" ? "" : `${folder.replace(/\/+$/, "")}/`;
	return {
		prefix,
		matches: (key) =>
			key.startsWith(prefix) && !/(?:^|\/)\./.test(key.slice(prefix.length)),
	};
}

export const isPattern = (path: string): boolean => /[*?[\]{}]/.test(path);

/** The keys that a pattern matches, and those below folders that it matches. */
export function matching(pattern: string): Chosen {
	const plain = pattern.slice(0, pattern.search(/[*?[\]{}]/));
	return {
		prefix: plain.slice(0, plain.lastIndexOf("/") + 1),
		matches: (key) =>
			beginningsOf(key).some(
				(part) =>
					posix.matchesGlob(part, pattern) &&
					!/\/\./.test(key.slice(part.length)),
			),
	};
}

/** `a/b/c`, `a`, `a/b`. */
const beginningsOf = (key: string): string[] => [
	key,
	...[...key.matchAll(/\//g)].map(({ index }) => key.slice(0, index)),
];
