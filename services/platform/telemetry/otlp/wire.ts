/** Bytes to begin with. */
const FIRST = 4096;
/** Texts up to here are written character by character, which costs less than a call. */
const SHORT = 48;

/** How a field's value is written, as protobuf's encoding has it. */
export const VARINT = 0;
export const FIXED64 = 1;
export const BYTES = 2;
export const FIXED32 = 5;

/**
 * Writes protobuf messages into memory that is used again: no object for a message, no second pass for its length.
 * Fields come in the order in which they are written.
 */
export class Wire {
	#bytes = Buffer.allocUnsafeSlow(FIRST);
	#length = 0;

	/** Bytes written since the last {@link take}. */
	get length(): number {
		return this.#length;
	}

	/** What was written, as bytes of its own; what follows begins anew. */
	take(): Buffer {
		const taken = Buffer.allocUnsafeSlow(this.#length);
		this.#bytes.copy(taken, 0, 0, this.#length);
		this.#length = 0;
		return taken;
	}

	tag(field: number, type: number): void {
		this.varint(field * 8 + type);
	}

	/** @param value a whole number that is not negative, up to 2^53 */
	varint(value: number): void {
		this.#room(8);
		let rest = value;
		while (rest > 127) {
			this.#bytes[this.#length++] = (rest % 128) + 128;
			rest = Math.floor(rest / 128);
		}
		this.#bytes[this.#length++] = rest;
	}

	/** A whole number of either sign, as `int64` has it. */
	int(value: number): void {
		if (value >= 0) {
			this.varint(value);
			return;
		}
		this.#room(10);
		let rest = BigInt.asUintN(64, BigInt(value));
		while (rest > 127n) {
			this.#bytes[this.#length++] = Number(rest & 127n) + 128;
			rest >>= 7n;
		}
		this.#bytes[this.#length++] = Number(rest);
	}

	fixed32(value: number): void {
		this.#room(4);
		this.#length = this.#bytes.writeUInt32LE(value, this.#length);
	}

	fixed64(value: bigint): void {
		this.#room(8);
		this.#length = this.#bytes.writeBigUInt64LE(value, this.#length);
	}

	double(value: number): void {
		this.#room(8);
		this.#length = this.#bytes.writeDoubleLE(value, this.#length);
	}

	/** Bytes as they are: a field that was written before. */
	raw(bytes: Uint8Array): void {
		this.#room(bytes.length);
		this.#bytes.set(bytes, this.#length);
		this.#length += bytes.length;
	}

	/** A text with its length before it. */
	text(value: string): void {
		const at = this.begin();
		// A character has three bytes at most; one of four counts as two.
		this.#room(value.length * 3);
		if (value.length > SHORT || !this.#ascii(value))
			this.#length += this.#bytes.write(value, this.#length, "utf8");
		this.end(at);
	}

	/** Bytes that are told in hexadecimal digits, with their length before them. */
	hex(digits: string): void {
		const length = digits.length >> 1;
		this.varint(length);
		this.#room(length);
		this.#bytes.write(digits, this.#length, length, "hex");
		this.#length += length;
	}

	/** Begins what has its length before it. @returns what {@link end} is told */
	begin(): number {
		this.#room(1);
		return this.#length++;
	}

	end(begun: number): void {
		const from = begun + 1;
		const length = this.#length - from;
		if (length < 128) {
			this.#bytes[begun] = length;
			return;
		}
		// The length needs more than the byte that was left for it: what follows makes room.
		const more = Math.floor(Math.log2(length) / 7);
		this.#room(more);
		this.#bytes.copyWithin(from + more, from, this.#length);
		this.#length = begun;
		this.varint(length);
		this.#length += length;
	}

	#ascii(value: string): boolean {
		const from = this.#length;
		for (let n = 0; n < value.length; n += 1) {
			const code = value.charCodeAt(n);
			if (code > 127) return false;
			this.#bytes[from + n] = code;
		}
		this.#length += value.length;
		return true;
	}

	#room(more: number): void {
		const needed = this.#length + more;
		if (needed <= this.#bytes.length) return;
		const larger = Buffer.allocUnsafeSlow(
			Math.max(needed, this.#bytes.length * 2),
		);
		this.#bytes.copy(larger, 0, 0, this.#length);
		this.#bytes = larger;
	}
}
