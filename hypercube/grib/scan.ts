import type { ByteSource } from "../bytes/source.ts";
import { BrokenHeader, type Extent, extent1, extent2 } from "./extent.ts";
import { findNext } from "./gap.ts";
import { type Keyed, keys1 } from "./keys1.ts";
import { keys2 } from "./keys2.ts";
import { text, uint } from "./octets.ts";
import { Window } from "./window.ts";

/** One GRIB message. Of a message with several fields the keys are the first one's, as ecCodes gives them. */
export interface Message {
	readonly kind: "message";
	/** Octets from the beginning of the file to the `G` of `GRIB`. */
	readonly offset: number;
	/** Octets of the whole message, `7777` included. */
	readonly length: number;
	readonly edition: 1 | 2;
	/** What ecCodes prints as its namespace `mars`, values as text. */
	readonly keys: Readonly<Record<string, string>>;
	readonly shortName?: string;
	readonly paramId?: number;
}

/** Something in the file that is no readable message. It costs that message only. */
export interface Fault {
	readonly kind: "fault";
	readonly offset: number;
	readonly reason: string;
}

/** How far a read goes ahead, in octets. */
interface Pace {
	/** Below this length messages are taken for small: many of them fit into one read. */
	readonly small: number;
	readonly aheadOfSmall: number;
	readonly aheadOfLarge: number;
}

const near: Pace = { small: 32_768, aheadOfSmall: 262_144, aheadOfLarge: 8192 };

/** Where a read costs as much as many octets, messages of so many are read along, and a header comes whole. */
const paceOf = ({ gap = 0 }: ByteSource): Pace => ({
	small: Math.max(near.small, gap),
	aheadOfSmall: Math.max(near.aheadOfSmall, 16 * gap),
	aheadOfLarge: Math.max(near.aheadOfLarge, gap / 2),
});

/**
 * Goes through a file's messages from `from` on, in their order. Reads headers and the four octets at the end of each
 * message, not its data (what lies in the way of a read-ahead of small messages, and in a broken stretch, excepted).
 */
export async function* scan(
	source: ByteSource,
	from = 0,
): AsyncGenerator<Message | Fault> {
	const window = new Window(source);
	const { small, aheadOfSmall, aheadOfLarge } = paceOf(source);
	window.ahead = aheadOfLarge;
	let at = from;
	// After a broken message what follows is searched in silence: its fault is told already.
	let lost = false;
	while (at < source.size) {
		const gap = await findNext(window, at, source.size);
		if (gap.garbage !== undefined && !lost)
			yield fault(gap.garbage, "octets that are no GRIB message");
		if (gap.next >= source.size) return;
		const found = await frame(window, gap.next, source.size);
		if (typeof found === "string") {
			if (!lost || !found.startsWith("edition")) yield fault(gap.next, found);
			lost = true;
			at = gap.next + 4;
			continue;
		}
		lost = false;
		window.ahead = found.length < small ? aheadOfSmall : aheadOfLarge;
		yield await read(found, gap.next);
		at = gap.next + found.length;
	}
}

function fault(offset: number, reason: string): Fault {
	return { kind: "fault", offset, reason };
}

type Framed =
	| { edition: 1; length: number; keyed: Reader }
	| { edition: 2; length: number; keyed: Reader };
type Reader = () => Promise<Keyed>;

/** The message at `offset`, if it ends where it says; else what is wrong with it. */
async function frame(
	window: Window,
	offset: number,
	size: number,
): Promise<Framed | string> {
	if (offset + 16 > size)
		return `cut: the file ends ${size - offset} octets after the start of the message`;
	const head = window.have(offset, 16) ?? (await window.load(offset, 16));
	const edition = uint(head, 7, 1);
	if (edition !== 1 && edition !== 2)
		return `edition ${edition} is neither 1 nor 2`;
	const framed = await measure(window, offset, edition);
	if (typeof framed === "string") return framed;
	const { length } = framed;
	if (length < 40)
		return `wrong length: ${length} octets are too few for a message`;
	if (offset + length > size)
		return `cut: the message says ${length} octets, the file has ${size - offset}`;
	// The header first: reading the end moves the window on, to the beginning of the next message.
	const keyed = await settle(framed.keyed);
	const last = offset + length - 4;
	const end = window.have(last, 4) ?? (await window.load(last, 4));
	if (text(end, 0, 4) !== "7777")
		return `wrong length: no 7777 at the end of the ${length} octets it says`;
	return { ...framed, keyed };
}

async function measure(
	window: Window,
	offset: number,
	edition: 1 | 2,
): Promise<Framed | string> {
	try {
		if (edition === 1) {
			const extent = await extent1(window, offset);
			return { edition, length: extent.length, keyed: reader(extent, keys1) };
		}
		const extent = await extent2(window, offset);
		return { edition, length: extent.length, keyed: reader(extent, keys2) };
	} catch (error) {
		return reasonOf(error);
	}
}

function reader<S>(extent: Extent<S>, keysOf: (sections: S) => Keyed): Reader {
	return async () => keysOf(await extent.sections());
}

/** Reads now, and keeps a failure for the one who asks for the result. */
async function settle(read: Reader): Promise<Reader> {
	try {
		const keyed = await read();
		return () => Promise.resolve(keyed);
	} catch (error) {
		return () => Promise.reject(error);
	}
}

async function read(framed: Framed, offset: number): Promise<Message | Fault> {
	try {
		const { keys, shortName, paramId } = await framed.keyed();
		const { edition, length } = framed;
		return {
			kind: "message",
			offset,
			length,
			edition,
			keys,
			paramId,
			...(shortName !== "" && { shortName }),
		};
	} catch (error) {
		return fault(offset, `unreadable header: ${reasonOf(error)}`);
	}
}

/** What a header can do wrong is a reason; anything else is a defect of ours or of the source and goes up. */
function reasonOf(error: unknown): string {
	if (error instanceof BrokenHeader || error instanceof RangeError)
		return error.message;
	throw error;
}
