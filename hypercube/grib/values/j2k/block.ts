import { ArithmeticDecoder, evenContext, runContext } from "./arithmetic.ts";
import type { CodeBlock, Orientation } from "./bands.ts";
import { signContexts, significanceContexts } from "./contexts.ts";

/** Marks of a coefficient: it is significant; negative; was refined before; was seen in this bit plane. */
const significant = 1;
const negative = 2;
const refined = 4;
const seen = 8;

/**
 * Decodes a code-block (annex D): bit plane by bit plane, each in three passes over stripes of four rows. Marks have a
 * frame of one coefficient, so that all have neighbours.
 */
export class BlockDecoder {
	readonly #block: CodeBlock;
	readonly #decoder: ArithmeticDecoder;
	readonly #contexts: Uint8Array;
	readonly #stride: number;
	readonly #marks: Uint8Array;
	readonly #sizes: Int32Array;
	#one = 0;

	constructor(block: CodeBlock, orientation: Orientation) {
		this.#block = block;
		this.#decoder = new ArithmeticDecoder(block.octets);
		this.#contexts = significanceContexts[orientation];
		this.#stride = block.width + 2;
		this.#marks = new Uint8Array(this.#stride * (block.height + 2));
		this.#sizes = new Int32Array(this.#marks.length);
	}

	/** Tells the coefficients, row by row. */
	decode(see: (x: number, y: number, value: number) => void): void {
		const { planes, passes, width, height } = this.#block;
		for (let pass = 0; pass < passes; pass++) {
			// The first bit plane has only the last of the three.
			this.#one = 1 << (planes - 1 - Math.floor((pass + 2) / 3));
			const kind = (pass + 2) % 3;
			this.#stripes((at, height) => {
				if (kind === 0) this.#propagate(at, height);
				else if (kind === 1) this.#refine(at, height);
				else this.#cleanUp(at, height);
			});
		}
		for (let y = 0; y < height; y++)
			for (let x = 0; x < width; x++) {
				const at = (y + 1) * this.#stride + x + 1;
				const size = this.#sizes[at] ?? 0;
				see(x, y, this.#has(at, negative) ? -size : size);
			}
	}

	/** Columns of up to four coefficients: the place of the first, and how many. */
	#stripes(see: (at: number, count: number) => void): void {
		const { width, height } = this.#block;
		for (let y = 0; y < height; y += 4)
			for (let x = 0; x < width; x++)
				see((y + 1) * this.#stride + x + 1, Math.min(4, height - y));
	}

	/** Coefficients beside significant ones (D.3.1). */
	#propagate(from: number, count: number): void {
		for (let n = 0, at = from; n < count; n++, at += this.#stride) {
			if (this.#has(at, significant)) continue;
			const context = this.#context(at);
			if (context === 0) continue;
			if (this.#decoder.decode(context) === 1) this.#begin(at);
			this.#mark(at, seen);
		}
	}

	/** One bit more of what was significant before (D.3.3). */
	#refine(from: number, count: number): void {
		for (let n = 0, at = from; n < count; n++, at += this.#stride) {
			if (!this.#has(at, significant) || this.#has(at, seen)) continue;
			const first = this.#context(at) > 0 ? 15 : 14;
			const bit = this.#decoder.decode(this.#has(at, refined) ? 16 : first);
			if (bit === 1) this.#sizes[at] = (this.#sizes[at] ?? 0) | this.#one;
			this.#mark(at, refined);
		}
	}

	/** All that is left; of four without a significant neighbour only where the first one begins (D.3.4). */
	#cleanUp(from: number, count: number): void {
		let n = 0;
		let begins = false;
		if (count === 4 && this.#isQuiet(from)) {
			if (this.#decoder.decode(runContext) === 0) return;
			n = 2 * this.#decoder.decode(evenContext);
			n += this.#decoder.decode(evenContext);
			begins = true;
		}
		for (let at = from + n * this.#stride; n < count; n++, at += this.#stride) {
			const open = !this.#has(at, significant) && !this.#has(at, seen);
			if (begins) this.#begin(at);
			else if (open && this.#decoder.decode(this.#context(at)) === 1)
				this.#begin(at);
			begins = false;
		}
		this.#forget(from, count);
	}

	#isQuiet(from: number): boolean {
		for (let n = 0, at = from; n < 4; n++, at += this.#stride)
			if (this.#has(at, significant | seen) || this.#context(at) !== 0)
				return false;
		return true;
	}

	#forget(from: number, count: number): void {
		for (let n = 0, at = from; n < count; n++, at += this.#stride)
			this.#marks[at] = (this.#marks[at] ?? 0) & ~seen;
	}

	/** A coefficient becomes significant: its sign follows (D.3.2). */
	#begin(at: number): void {
		const across = this.#sign(at - 1) + this.#sign(at + 1);
		const along = this.#sign(at - this.#stride) + this.#sign(at + this.#stride);
		const code = signContexts[3 * clamp(across) + clamp(along) + 4] ?? 0;
		const bit = this.#decoder.decode(code & 31);
		this.#mark(at, significant);
		if (bit !== code >> 5) this.#mark(at, negative);
		this.#sizes[at] = this.#one;
	}

	#sign(at: number): number {
		const mark = this.#marks[at] ?? 0;
		return (mark & significant) === 0 ? 0 : (mark & negative) === 0 ? 1 : -1;
	}

	/** By how many neighbours are significant. */
	#context(at: number): number {
		const marks = this.#marks;
		const [up, down] = [at - this.#stride, at + this.#stride];
		const is = (place: number): number => (marks[place] ?? 0) & significant;
		const across = is(at - 1) + is(at + 1);
		const along = is(up) + is(down);
		const corners = is(up - 1) + is(up + 1) + is(down - 1) + is(down + 1);
		return this.#contexts[15 * across + 5 * along + corners] ?? 0;
	}

	#has(at: number, mark: number): boolean {
		return ((this.#marks[at] ?? 0) & mark) !== 0;
	}

	#mark(at: number, mark: number): void {
		this.#marks[at] = (this.#marks[at] ?? 0) | mark;
	}
}

const clamp = (sum: number): number => Math.max(-1, Math.min(1, sum));
