/** Big-endian bytes put one after the other: how every GRIB section is built. */
export class Bytes {
	readonly #view: DataView;
	readonly #bytes: Uint8Array;
	#at = 0;

	constructor(length: number) {
		this.#bytes = new Uint8Array(length);
		this.#view = new DataView(this.#bytes.buffer);
	}

	u8(...values: readonly number[]): this {
		for (const value of values) this.#view.setUint8(this.#at++, value);
		return this;
	}

	u16(value: number): this {
		this.#view.setUint16(this.#at, value);
		this.#at += 2;
		return this;
	}

	u32(value: number): this {
		this.#view.setUint32(this.#at, value);
		this.#at += 4;
		return this;
	}

	/** Sign and magnitude, GRIB's way of negative numbers: -2 is 0x8002. */
	s16(value: number): this {
		return this.u16(value < 0 ? 0x8000 - value : value);
	}

	/** Sign and magnitude in four bytes. */
	s32(value: number): this {
		return this.u32(value < 0 ? 0x80000000 - value : value);
	}

	f32(value: number): this {
		this.#view.setFloat32(this.#at, value);
		this.#at += 4;
		return this;
	}

	text(value: string): this {
		for (const letter of value) this.u8(letter.charCodeAt(0));
		return this;
	}

	/** `count` bytes of ones: GRIB's "missing". */
	missing(count: number): this {
		this.#bytes.fill(0xff, this.#at, this.#at + count);
		this.#at += count;
		return this;
	}

	/** The bytes. A section whose pieces do not add up to its length is a bug in its author. */
	done(): Uint8Array {
		if (this.#at !== this.#bytes.length) {
			throw new Error(
				`${this.#at} bytes in a section of ${this.#bytes.length}`,
			);
		}
		return this.#bytes;
	}
}
