import { crc32 } from "node:zlib";
import type { Known } from "../grib/values/packed.ts";

/** What is known of one message, in the file beside the index. */
export interface LearntRecord {
	/** Octets from the beginning of the data file. */
	readonly offset: number;
	readonly known: Known;
}

/** Marks where a record begins. */
const mark = 0x4c524e54;
/** Mark (4), CRC-32 of all that follows (4), length of the body (4), restarts and ranks in it (4 each), offset (8). */
export const headLength = 28;
/** No message has more restart intervals or blocks of points. */
const mostNumbers = 2 ** 24;

/**
 * A record as octets: a head, then the distances between restarts as variable-length integers, then those between the
 * ranks: some five octets for every 4096 points.
 */
export function encodeRecord({ offset, known }: LearntRecord): Buffer {
	const restarts = distances(known.restarts ?? []);
	const ranks = distances(known.ranks ?? []);
	const body = Buffer.from(varints([...restarts, ...ranks]));
	const record = Buffer.alloc(headLength + body.length);
	record.writeUInt32LE(mark, 0);
	record.writeUInt32LE(body.length, 8);
	record.writeUInt32LE(restarts.length, 12);
	record.writeUInt32LE(ranks.length, 16);
	record.writeDoubleLE(offset, 20);
	body.copy(record, headLength);
	record.writeUInt32LE(crc32(record.subarray(8)), 4);
	return record;
}

/** What a head says: of which message, and the length of the whole record; undefined where none begins. */
export function decodeHead(
	head: Buffer,
): { readonly offset: number; readonly length: number } | undefined {
	if (head.length < headLength || head.readUInt32LE(0) !== mark)
		return undefined;
	return {
		offset: head.readDoubleLE(20),
		length: headLength + head.readUInt32LE(8),
	};
}

/** Undefined for octets that are no record, or a damaged one: it is learnt again then. */
export function decodeRecord(record: Buffer): LearntRecord | undefined {
	const head = decodeHead(record);
	if (head === undefined || head.length !== record.length) return undefined;
	if (record.readUInt32LE(4) !== crc32(record.subarray(8))) return undefined;
	const restarts = record.readUInt32LE(12);
	const ranks = record.readUInt32LE(16);
	if (restarts + ranks > mostNumbers) return undefined;
	const numbers = new Varints(record.subarray(headLength));
	const known: Known = {};
	if (restarts > 0) known.restarts = Float64Array.from(numbers.sums(restarts));
	if (ranks > 0) known.ranks = Uint32Array.from(numbers.sums(ranks));
	return { offset: head.offset, known };
}

function distances(numbers: ArrayLike<number>): number[] {
	return Array.from(numbers, (number, i) => number - (numbers[i - 1] ?? 0));
}

function varints(numbers: readonly number[]): number[] {
	const octets: number[] = [];
	for (let rest of numbers) {
		while (rest >= 128) {
			octets.push((rest % 128) + 128);
			rest = Math.floor(rest / 128);
		}
		octets.push(rest);
	}
	return octets;
}

class Varints {
	readonly #octets: Uint8Array;
	#at = 0;

	constructor(octets: Uint8Array) {
		this.#octets = octets;
	}

	*sums(count: number): Generator<number> {
		let sum = 0;
		for (let i = 0; i < count; i++) {
			sum += this.#next();
			yield sum;
		}
	}

	#next(): number {
		let number = 0;
		for (let factor = 1; ; factor *= 128) {
			const octet = this.#octets[this.#at] ?? 0;
			this.#at += 1;
			number += (octet % 128) * factor;
			if (octet < 128) return number;
		}
	}
}
