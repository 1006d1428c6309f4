/** Of each state its probability, and the next one after the more and after the less probable symbol (table C.2). */
const states = [
	[0x5601, 1, 1],
	[0x3401, 2, 6],
	[0x1801, 3, 9],
	[0x0ac1, 4, 12],
	[0x0521, 5, 29],
	[0x0221, 38, 33],
	[0x5601, 7, 6],
	[0x5401, 8, 14],
	[0x4801, 9, 14],
	[0x3801, 10, 14],
	[0x3001, 11, 17],
	[0x2401, 12, 18],
	[0x1c01, 13, 20],
	[0x1601, 29, 21],
	[0x5601, 15, 14],
	[0x5401, 16, 14],
	[0x5101, 17, 15],
	[0x4801, 18, 16],
	[0x3801, 19, 17],
	[0x3401, 20, 18],
	[0x3001, 21, 19],
	[0x2801, 22, 19],
	[0x2401, 23, 20],
	[0x2201, 24, 21],
	[0x1c01, 25, 22],
	[0x1801, 26, 23],
	[0x1601, 27, 24],
	[0x1401, 28, 25],
	[0x1201, 29, 26],
	[0x1101, 30, 27],
	[0x0ac1, 31, 28],
	[0x09c1, 32, 29],
	[0x08a1, 33, 30],
	[0x0521, 34, 31],
	[0x0441, 35, 32],
	[0x02a1, 36, 33],
	[0x0221, 37, 34],
	[0x0141, 38, 35],
	[0x0111, 39, 36],
	[0x0085, 40, 37],
	[0x0049, 41, 38],
	[0x0025, 42, 39],
	[0x0015, 43, 40],
	[0x0009, 44, 41],
	[0x0005, 45, 42],
	[0x0001, 45, 43],
	[0x5601, 46, 46],
] as const;
const probability = Uint16Array.from(states, ([qe]) => qe);
const afterMore = Uint8Array.from(states, ([, more]) => more);
const afterLess = Uint8Array.from(states, ([, , less]) => less);
/** States in which the less probable symbol becomes the more probable one. */
const turns: ReadonlySet<number> = new Set([0, 6, 14]);

/** Contexts of their own: of runs of insignificant coefficients, and of evenly spread bits. */
export const runContext = 17;
export const evenContext = 18;

/** The adaptive binary arithmetic decoder of annex C. */
export class ArithmeticDecoder {
	readonly #octets: Uint8Array;
	readonly #state = new Uint8Array(19);
	readonly #symbol = new Uint8Array(19);
	#at = 0;
	#code: number;
	#interval = 0x8000;
	#left = 0;

	constructor(octets: Uint8Array) {
		this.#octets = octets;
		this.#state[0] = 4;
		this.#state[runContext] = 3;
		this.#state[evenContext] = 46;
		this.#code = (octets[0] ?? 0xff) << 16;
		this.#next();
		this.#code <<= 7;
		this.#left -= 7;
	}

	/** The next symbol in a context. */
	decode(context: number): number {
		const state = this.#state[context] ?? 0;
		const qe = probability[state] ?? 0;
		const more = this.#symbol[context] ?? 0;
		this.#interval -= qe;
		const isLower = this.#code >>> 16 < qe;
		if (!isLower) {
			this.#code -= qe << 16;
			if ((this.#interval & 0x8000) !== 0) return more;
		}
		// The less probable symbol may have the greater part.
		const isMore = this.#interval < qe === isLower;
		if (isLower) this.#interval = qe;
		if (isMore) this.#state[context] = afterMore[state] ?? 0;
		else {
			if (turns.has(state)) this.#symbol[context] = 1 - more;
			this.#state[context] = afterLess[state] ?? 0;
		}
		this.#renormalize();
		return isMore ? more : 1 - more;
	}

	#renormalize(): void {
		do {
			if (this.#left === 0) this.#next();
			this.#interval <<= 1;
			this.#code <<= 1;
			this.#left -= 1;
		} while ((this.#interval & 0x8000) === 0);
	}

	/** The next octet; behind the end there are ones. */
	#next(): void {
		const octets = this.#octets;
		const octet = octets[this.#at] ?? 0xff;
		const next = octets[this.#at + 1] ?? 0xff;
		if (octet !== 0xff) {
			this.#at += 1;
			this.#code += next << 8;
			this.#left = 8;
		} else if (next > 0x8f) {
			this.#code += 0xff00;
			this.#left = 8;
		} else {
			this.#at += 1;
			this.#code += next << 9;
			this.#left = 7;
		}
	}
}
