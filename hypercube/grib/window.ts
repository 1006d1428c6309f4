import type { ByteSource } from "../bytes/source.ts";

/**
 * A moving window over a source: answers octets that it has at once, reads ahead for those it has not. `ahead` is how
 * much one read fetches at least; the scanner makes it small for big messages and large for small ones.
 */
export class Window {
	readonly #source: ByteSource;
	#start = 0;
	#bytes: Uint8Array = new Uint8Array();
	/** Reads made, for tests and benchmarks. */
	reads = 0;
	ahead = 8192;

	constructor(source: ByteSource) {
		this.#source = source;
	}

	/** The octets if they are all here (or all that the file has of them); undefined when a read is needed. */
	have(offset: number, length: number): Uint8Array | undefined {
		const from = offset - this.#start;
		if (from < 0 || from > this.#bytes.length) return undefined;
		const end = Math.min(from + length, this.#source.size - this.#start);
		return end > this.#bytes.length
			? undefined
			: this.#bytes.subarray(from, Math.max(from, end));
	}

	/** Reads the octets and what lies ahead of them; fewer than asked for at the end of the file. */
	async load(offset: number, length: number): Promise<Uint8Array> {
		const wanted = Math.min(
			Math.max(length, this.ahead),
			Math.max(0, this.#source.size - offset),
		);
		this.#bytes =
			wanted === 0 ? new Uint8Array() : await this.#source.read(offset, wanted);
		this.#start = offset;
		this.reads++;
		return this.#bytes.subarray(0, length);
	}
}
