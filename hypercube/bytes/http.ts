import { Gate } from "./gate.ts";
import { changed, type RangeRequest, readRange } from "./range.ts";
import type { ByteSource } from "./source.ts";

export interface HttpOptions {
	/** What errors call it; the URL without its query, unless told. */
	readonly name?: string;
	/** What stands for the object's own URL at the moment: one presigned by an S3 client. */
	readonly sign?: () => Promise<string>;
	/** Reads at the same time; 8 unless told. */
	readonly parallel?: number;
	/** Milliseconds before each further try after a failure that may pass. */
	readonly pauses?: readonly number[];
	/** Milliseconds that one try may take; a minute unless told. */
	readonly patience?: number;
	readonly signal?: AbortSignal;
}

const defaultPauses: readonly number[] = [100, 400, 1600];
/** A read costs a round trip: tens of milliseconds, in which as many octets come for nothing. */
export const remoteGap = 128 * 1024;

/** What is known of an object, so that another one is told from it. */
export interface RemoteState {
	/** Octets. */
	readonly size: number;
	readonly etag?: string | undefined;
	/** Milliseconds since 1970, whole seconds. */
	readonly modified?: number | undefined;
}

/**
 * An object behind HTTP(S) or in S3 (a presigned URL), read by ranges: RFC 9110, 14. One range is read to learn its
 * length and tag; an object with another tag or length is then an error, never a mixture of two. Redirects are not
 * followed: they would lead to where nobody said that data may be had from.
 * @throws RemoteError
 */
export async function openHttp(
	url: string,
	options: HttpOptions = {},
): Promise<ByteSource> {
	return httpSource(url, await lookAt(url, options), options);
}

/**
 * What an object is now; by reading an octet of it, so that it is known too that ranges of it can be read.
 * @throws RemoteError
 */
export async function lookAt(
	url: string,
	options: HttpOptions = {},
): Promise<RemoteState> {
	const { size, etag, modified } = await readRange({
		...commonOf(url, options),
		offset: 0,
		length: 1,
		signal: options.signal,
	});
	return { size, etag, modified };
}

/** An object that was looked at before, perhaps by somebody else; nothing is read before a range of it is. */
export function httpSource(
	url: string,
	{ size, etag, modified }: RemoteState,
	options: HttpOptions = {},
): ByteSource {
	const { parallel = 8 } = options;
	const common = commonOf(url, options);
	const gate = new Gate(parallel);
	return {
		size,
		gap: remoteGap,
		parallel,
		read(offset, length, signal) {
			const within = Math.min(length, size - offset);
			if (within <= 0) return new Uint8Array();
			return gate.pass(async () => {
				signal?.throwIfAborted();
				const answer = await readRange({
					...common,
					offset,
					length: within,
					etag,
					modified,
					signal,
				});
				if (answer.size !== size) throw changed(common.name);
				return answer.bytes;
			});
		},
	};
}

function commonOf(url: string, options: HttpOptions) {
	const { origin, pathname } = new URL(url);
	return {
		name: options.name ?? `${origin}${pathname}`,
		url: options.sign ?? (() => url),
		pauses: options.pauses ?? defaultPauses,
		patience: options.patience ?? 60_000,
	} satisfies Partial<RangeRequest>;
}
