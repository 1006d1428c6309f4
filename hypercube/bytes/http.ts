import { Gate } from "./gate.ts";
import { changed, type RangeRequest, readRange } from "./range.ts";
import type { ByteSource } from "./source.ts";

export interface HttpOptions {
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
const gap = 128 * 1024;

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
	const { origin, pathname } = new URL(url);
	const { parallel = 8, patience = 60_000, sign } = options;
	const common = {
		name: `${origin}${pathname}`,
		url: sign ?? (() => url),
		pauses: options.pauses ?? defaultPauses,
		patience,
	} satisfies Partial<RangeRequest>;
	const first = await readRange({
		...common,
		offset: 0,
		length: 1,
		signal: options.signal,
	});
	const { size, etag } = first;
	const gate = new Gate(parallel);
	return {
		size,
		gap,
		parallel,
		read(offset, length, signal) {
			const within = Math.min(length, size - offset);
			if (within <= 0) return new Uint8Array();
			return gate.pass(async () => {
				signal?.throwIfAborted();
				const request = { ...common, offset, length: within, etag, signal };
				const answer = await readRange(request);
				if (answer.size !== size) throw changed(common.name);
				return answer.bytes;
			});
		},
	};
}
