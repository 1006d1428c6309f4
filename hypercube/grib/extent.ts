import type { Sections1 } from "./header1.ts";
import type { Sections2 } from "./header2.ts";
import { uint } from "./octets.ts";
import type { Window } from "./window.ts";

/** Where a message ends and the sections that its keys come from. */
export interface Extent<S> {
	readonly length: number;
	/** Reads the sections' octets; only headers, never the data section. */
	readonly sections: () => Promise<S>;
}

/** A header that contradicts itself; the reason is for the one who owns the file. */
export class BrokenHeader extends Error {
	override readonly name = "BrokenHeader";
}

/** No section that keys come from is longer in practice; what lies beyond is not read. */
const longest = 65_536;
/** Enough of a grid section for the fields that keys depend on. */
const gridHead = 128;

async function octets(
	window: Window,
	at: number,
	length: number,
): Promise<Uint8Array> {
	return window.have(at, length) ?? (await window.load(at, length));
}

/** Length and sections of a GRIB 1 message at `offset`. */
export async function extent1(
	window: Window,
	offset: number,
): Promise<Extent<Sections1>> {
	const head = await octets(window, offset, 16);
	const coded = uint(head, 4, 3);
	const length =
		coded >= 0x800000 ? await largeLength(window, offset, coded) : coded;
	return { length, sections: () => sections1(window, offset, length) };
}

/**
 * The large-message convention: with its top bit set the length counts in 120 octets, if section 4 says less than 120;
 * what section 4 says is then how much the last 120 fall short.
 */
async function largeLength(
	window: Window,
	offset: number,
	coded: number,
): Promise<number> {
	const flags = uint(await octets(window, offset + 8, 8), 7, 1);
	let at = offset + 8;
	const before =
		1 + ((flags & 0x80) === 0 ? 0 : 1) + ((flags & 0x40) === 0 ? 0 : 1);
	for (let i = 0; i < before; i++) {
		const length = uint(await octets(window, at, 3), 0, 3);
		if (length < 3)
			throw new BrokenHeader(`a section at ${at} says a length of ${length}`);
		at += length;
	}
	const last = uint(await octets(window, at, 3), 0, 3);
	return last < 120 ? (coded - 0x800000) * 120 - last + 4 : coded;
}

async function sections1(
	window: Window,
	offset: number,
	length: number,
): Promise<Sections1> {
	const at = offset + 8;
	const size = uint(await octets(window, at, 3), 0, 3);
	if (size < 28 || 8 + size > length)
		throw new BrokenHeader(`section 1 says a length of ${size}`);
	const one = await octets(window, at, Math.min(size, longest));
	if ((uint(one, 7, 1) & 0x80) === 0) return { one };
	const grid = at + size;
	const gridSize = uint(await octets(window, grid, 3), 0, 3);
	if (gridSize < 6 || 8 + size + gridSize > length)
		throw new BrokenHeader(`section 2 says a length of ${gridSize}`);
	return { one, two: await octets(window, grid, Math.min(gridSize, gridHead)) };
}

/** Length and sections of a GRIB 2 message at `offset`. */
export async function extent2(
	window: Window,
	offset: number,
): Promise<Extent<Sections2>> {
	const zero = await octets(window, offset, 16);
	const length = uint(zero, 8, 8);
	return { length, sections: () => sections2(window, offset, length, zero) };
}

async function sections2(
	window: Window,
	offset: number,
	length: number,
	zero: Uint8Array,
): Promise<Sections2> {
	const found: Record<number, Uint8Array> = {};
	for (let at = offset + 16; at < offset + length - 4; ) {
		const head = await octets(window, at, 5);
		const [size, number] = [uint(head, 0, 4), uint(head, 4, 1)];
		if (size < 5 || at + size > offset + length - 4)
			throw new BrokenHeader(`the section at ${at} says a length of ${size}`);
		if (number >= 5)
			throw new BrokenHeader(
				`section ${number} at ${at} comes before section 4`,
			);
		found[number] = await octets(
			window,
			at,
			Math.min(size, number === 3 ? gridHead : longest),
		);
		if (number === 4) break;
		at += size;
	}
	const { 1: one, 2: two, 3: three, 4: four } = found;
	if (one === undefined || four === undefined)
		throw new BrokenHeader("section 1 or 4 is not there");
	return { zero, one, four, ...(two && { two }), ...(three && { three }) };
}
