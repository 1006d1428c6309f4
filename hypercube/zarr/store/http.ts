import { setTimeout as wait } from "node:timers/promises";
import { BrokenField } from "../../cube/field.ts";
import {
	type GetOptions,
	isPlainKey,
	type ObjectStore,
	type Part,
	StoreError,
} from "./store.ts";

/** Milliseconds before each further try. */
const pauses: readonly number[] = [100, 400, 1600];

/** Milliseconds that one try may take. */
const patience = 60_000;

export interface HttpOptions {
	/** What stands for the object's own URL: a presigned one. */
	readonly sign?: (key: string) => Promise<string>;
	/** Milliseconds before each further try after a failure that may pass. */
	readonly pauses?: readonly number[];
}

/**
 * A Zarr behind HTTP(S): each object below the URL, whose query (a token) goes with every one. 404 and 410 say that
 * there is no such object; 5xx, 408, 429 and lost connections are tried again. Redirects are not followed: they would
 * lead to where nobody said that data may be had from.
 */
export function httpStore(
	root: string,
	options: HttpOptions = {},
): ObjectStore {
	const base = new URL(root);
	const name = `${base.origin}${base.pathname}`;
	const sign = options.sign ?? (async (key: string) => urlOf(base, key));
	return {
		name,
		async get(key, asked) {
			if (!isPlainKey(key))
				throw new BrokenField(`'${key}' is no name of an object in a Zarr`);
			const trying = { what: `${name}/${key}`, asked };
			for (const pause of options.pauses ?? pauses) {
				const found = await attempt(await sign(key), trying);
				if (!(found instanceof StoreError)) return found;
				if (!found.temporary) throw found;
				await wait(pause, undefined, { signal: asked.signal });
			}
			const last = await attempt(await sign(key), trying);
			if (last instanceof StoreError) throw last;
			return last;
		},
	};
}

function urlOf(base: URL, key: string): string {
	const url = new URL(base);
	const names = key.split("/").map(encodeURIComponent);
	url.pathname = `${base.pathname.replace(/\/$/, "")}/${names.join("/")}`;
	return url.href;
}

interface Trying {
	/** For people: the URL without its query. */
	readonly what: string;
	readonly asked: GetOptions;
}

/** The object, undefined where there is none, or why it could not be had. */
async function attempt(
	url: string,
	{ what, asked }: Trying,
): Promise<Uint8Array | undefined | StoreError> {
	const { part, most, signal } = asked;
	const enough = AbortSignal.timeout(patience);
	try {
		const response = await fetch(url, {
			redirect: "manual",
			signal: signal ? AbortSignal.any([signal, enough]) : enough,
			...(part && { headers: { range: rangeOf(part) } }),
		});
		if (response.ok)
			return within(await bytesOf(response, most, what), part, response.status);
		await response.body?.cancel();
		return absence(response.status, what);
	} catch (cause) {
		signal?.throwIfAborted();
		if (cause instanceof BrokenField) throw cause;
		const why = cause instanceof Error ? cause.message : String(cause);
		return new StoreError(
			`${what} cannot be read: ${why}`,
			{ temporary: true },
			{ cause },
		);
	}
}

function absence(status: number, what: string): StoreError | undefined {
	if (status === 404 || status === 410) return undefined;
	// The range begins where the object ends.
	if (status === 416)
		throw new BrokenField(`${what} is shorter than its index says`);
	const temporary = status >= 500 || status === 408 || status === 429;
	const denied = status === 401 || status === 403;
	const redirected = status >= 300 && status < 400;
	const hint = redirected
		? ", a redirect: name the URL that it leads to"
		: denied
			? ", access denied (S3 says so too of what is absent, where the bucket may not be listed)"
			: "";
	return new StoreError(`${what} answered ${status}${hint}`, {
		temporary,
		denied,
	});
}

const rangeOf = (part: Part): string =>
	"suffix" in part
		? `bytes=-${part.suffix}`
		: `bytes=${part.offset}-${part.offset + part.length - 1}`;

async function bytesOf(
	response: Response,
	most: number,
	what: string,
): Promise<Uint8Array> {
	const chunks: Uint8Array[] = [];
	let length = 0;
	for await (const chunk of response.body ?? []) {
		length += chunk.length;
		// Leaving the loop cancels the body.
		if (length > most)
			throw new BrokenField(
				`${what} has more than the ${most} octets that may be`,
			);
		chunks.push(chunk);
	}
	const bytes = Buffer.allocUnsafeSlow(length);
	let at = 0;
	for (const chunk of chunks) {
		bytes.set(chunk, at);
		at += chunk.length;
	}
	return bytes;
}

/** Servers that know no ranges give the whole object. */
function within(
	bytes: Uint8Array,
	part: Part | undefined,
	status: number,
): Uint8Array {
	if (!part || status === 206) return bytes;
	if ("suffix" in part)
		return bytes.subarray(Math.max(0, bytes.length - part.suffix));
	return bytes.subarray(part.offset, part.offset + part.length);
}
