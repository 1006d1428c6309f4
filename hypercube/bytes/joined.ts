import type { ByteSource } from "./source.ts";
import { here, type Steps } from "./steps.ts";

/** Half-open ranges of octets `start0, end0, start1, end1, …`, starts ascending; they may overlap. */
export type ByteRanges = Float64Array;

/** Takes one range's octets: they begin at `at` in `bytes`. */
export type Take = (range: number, bytes: Uint8Array, at: number) => void;

/** Joined reads grow no longer than this, so that a field of any size passes through bounded memory. */
const longest = 4 << 20;
const page = 4096;

/** One read that serves the ranges `from` up to `to`. */
interface Joined {
	readonly from: number;
	readonly to: number;
	readonly start: number;
	readonly end: number;
}

/** Which reads will be made: ranges nearer to each other than the source's gap become one. */
export function* joined(
	ranges: ByteRanges,
	gap: number = page,
): Generator<Joined> {
	const count = ranges.length / 2;
	for (let from = 0; from < count; ) {
		const to = joinTo(ranges, from, gap);
		const start = ranges[2 * from] ?? 0;
		yield { from, to, start, end: endOf(ranges, from, to) };
		from = to;
	}
}

/** Octets that reading the ranges takes, what lies between them and is read along included. */
export function joinedLength(ranges: ByteRanges, gap: number = page): number {
	const count = ranges.length / 2;
	let sum = 0;
	for (let from = 0; from < count; ) {
		const to = joinTo(ranges, from, gap);
		sum += endOf(ranges, from, to) - (ranges[2 * from] ?? 0);
		from = to;
	}
	return sum;
}

/** The first range that is no longer part of the read that begins with `from`. */
function joinTo(ranges: ByteRanges, from: number, gap: number): number {
	const start = ranges[2 * from] ?? 0;
	let end = ranges[2 * from + 1] ?? 0;
	let to = from + 1;
	for (; to < ranges.length / 2; to++) {
		const next = ranges[2 * to + 1] ?? 0;
		if ((ranges[2 * to] ?? 0) - end > gap) break;
		if (next > end && next - start > longest) break;
		if (next > end) end = next;
	}
	return to;
}

function endOf(ranges: ByteRanges, from: number, to: number): number {
	let end = 0;
	for (let i = from; i < to; i++) end = Math.max(end, ranges[2 * i + 1] ?? 0);
	return end;
}

/**
 * Reads all ranges with few reads, as many at the same time as the source serves well, and hands each range its octets,
 * in any order.
 * @throws ShortRead when the source ends before a range does.
 */
export function* readJoined(
	source: ByteSource,
	ranges: ByteRanges,
	take: Take,
	signal?: AbortSignal,
): Steps<void> {
	const parallel = source.parallel ?? 1;
	const reads = joined(ranges, source.gap);
	if (parallel > 1) {
		const one = async (): Promise<void> => {
			for (const read of reads) {
				const bytes = await source.read(
					read.start,
					read.end - read.start,
					signal,
				);
				hand(read, bytes, ranges, take);
			}
		};
		const workers = Math.min(parallel, ranges.length / 2);
		yield* here(Promise.all(Array.from({ length: workers }, one)));
		return;
	}
	for (const read of reads) {
		signal?.throwIfAborted();
		const bytes = source.read(read.start, read.end - read.start, signal);
		hand(read, yield* here(bytes), ranges, take);
	}
}

function hand(
	read: Joined,
	bytes: Uint8Array,
	ranges: ByteRanges,
	take: Take,
): void {
	if (bytes.length < read.end - read.start)
		throw new ShortRead(read.start + bytes.length, read.end);
	for (let i = read.from; i < read.to; i++)
		take(i, bytes, (ranges[2 * i] ?? 0) - read.start);
}

/** A source that ended before what was to be read of it. */
export class ShortRead extends Error {
	override readonly name = "ShortRead";
	constructor(got: number, wanted: number) {
		super(`the source ends at ${got}, before ${wanted}`);
	}
}
