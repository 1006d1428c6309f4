import { remoteGap } from "../../bytes/http.ts";
import { ShortRead } from "../../bytes/joined.ts";
import type { Part } from "../select.ts";
import type { Remotes } from "./remotes.ts";

/** Octets of one read at most. */
const longest = 4 << 20;
/** Reads under way at a time, and read and not yet taken: 16 MiB. */
const ahead = 4;

/** One read, and what is wanted of it. */
interface Read {
	readonly file: Part["file"];
	readonly start: number;
	end: number;
	/** Half-open ranges of octets, from the beginning of the file. */
	readonly wanted: { readonly from: number; to: number }[];
}

/**
 * The octets of parts of files elsewhere, one after the other. Some reads are under way while others are taken; who takes
 * none stops them, who leaves ends them.
 *
 * @throws ChangedFile, RemoteError, the signal's reason
 */
export async function* readRemote(
	parts: Iterable<Part>,
	remotes: Remotes,
	signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
	const left = new AbortController();
	const both = AbortSignal.any([signal, left.signal]);
	const reads = readsOf(parts);
	const pending: Promise<Uint8Array[]>[] = [];
	const begin = (): void => {
		const { value } = reads.next();
		if (value === undefined) return;
		const read = done(value, remotes, both);
		// One that fails before it is taken is heard when it is.
		read.catch(() => {});
		pending.push(read);
	};
	try {
		for (let i = 0; i < ahead; i++) begin();
		for (;;) {
			const chunks = await pending.shift();
			signal.throwIfAborted();
			if (chunks === undefined) return;
			yield* chunks;
			begin();
		}
	} finally {
		left.abort(new Error("nobody reads on"));
	}
}

async function done(
	{ file, start, end, wanted }: Read,
	remotes: Remotes,
	signal: AbortSignal,
): Promise<Uint8Array[]> {
	signal.throwIfAborted();
	const bytes = await remotes.source(file).read(start, end - start, signal);
	if (bytes.length < end - start)
		throw new ShortRead(start + bytes.length, end);
	return wanted.map(({ from, to }) => bytes.subarray(from - start, to - start));
}

/** Parts that follow each other closely are read together, and long ones in pieces. */
function* readsOf(parts: Iterable<Part>): Generator<Read> {
	let read: Read | undefined;
	for (const { file, offset, length } of parts) {
		for (let from = offset; from < offset + length; ) {
			const room = read && roomIn(read, file, from);
			if (read === undefined || room === undefined) {
				if (read) yield read;
				read = { file, start: from, end: from, wanted: [] };
			}
			const to = Math.min(offset + length, from + (room ?? longest));
			read.wanted.push({ from, to });
			read.end = to;
			from = to;
		}
	}
	if (read) yield read;
}

/** Octets from a place on that a read can take along; undefined: it lies elsewhere, or the read is long enough. */
function roomIn(
	read: Read,
	file: Part["file"],
	from: number,
): number | undefined {
	const near = from >= read.end && from - read.end <= remoteGap;
	const room = longest - (from - read.start);
	return read.file === file && near && room > 0 ? room : undefined;
}
