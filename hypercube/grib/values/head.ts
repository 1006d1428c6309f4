import type { ByteSource } from "../../bytes/source.ts";
import { here, type Steps } from "../../bytes/steps.ts";
import { BrokenField } from "../../cube/field.ts";

/** What one read fetches: all sections before the data of most messages, the list of points per row included. */
const ahead = 8192;

/** Reads headers of one message, ahead of what is asked for; places count from the message's beginning. */
export class HeadReader {
	readonly offset: number;
	readonly length: number;
	readonly #source: ByteSource;
	readonly #signal: AbortSignal | undefined;
	#start = 0;
	#bytes: Uint8Array = new Uint8Array();

	constructor(
		source: ByteSource,
		offset: number,
		length: number,
		signal?: AbortSignal,
	) {
		this.#source = source;
		this.offset = offset;
		this.length = length;
		this.#signal = signal;
	}

	/** @throws BrokenField when they would lie beyond the message's end */
	*octets(at: number, length: number): Steps<Uint8Array> {
		if (at + length > this.length)
			throw this.broken(at, "what it says goes beyond its end");
		const from = at - this.#start;
		if (from < 0 || from + length > this.#bytes.length)
			yield* this.#load(at, length);
		const begin = at - this.#start;
		return this.#bytes.subarray(begin, begin + length);
	}

	/** The fault of this message, at a place in it. */
	broken(at: number, what: string): BrokenField {
		return new BrokenField(
			`the message at ${this.offset}, octet ${at}: ${what}`,
		);
	}

	*#load(at: number, length: number): Steps<void> {
		const wanted = Math.min(Math.max(length, ahead), this.length - at);
		const bytes = this.#source.read(this.offset + at, wanted, this.#signal);
		this.#bytes = yield* here(bytes);
		this.#start = at;
		if (this.#bytes.length < length)
			throw this.broken(at, "the source ends within the message");
	}
}
