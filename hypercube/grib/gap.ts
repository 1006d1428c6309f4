import { text } from "./octets.ts";
import type { Window } from "./window.ts";

/** Where the next message may begin, and what lies before it. */
export interface Gap {
	/** Offset of the next `GRIB`, or the end of the file. */
	readonly next: number;
	/** Offset of the first octet that is neither padding nor a bulletin's heading; undefined when there is none. */
	readonly garbage: number | undefined;
}

const chunk = 65_536;
/** Headings and endings of telecommunication bulletins are shorter, and always have CR CR LF. */
const longestHeading = 200;

/** Looks for the next `GRIB` from `from` on. */
export async function findNext(
	window: Window,
	from: number,
	size: number,
): Promise<Gap> {
	let garbage: number | undefined;
	let short: Uint8Array | undefined;
	for (let at = from; at < size; at += chunk) {
		// Three octets more, for a mark that lies across two chunks.
		const bytes =
			window.have(at, chunk + 3) ?? (await window.load(at, chunk + 3));
		const mark = indexOfMark(bytes);
		const end = mark ?? Math.min(bytes.length, chunk);
		if (at === from && mark !== undefined) short = bytes.subarray(0, mark);
		garbage ??= firstNonZero(bytes, end, at);
		if (mark !== undefined)
			return {
				next: at + mark,
				garbage: isHeading(short) ? undefined : garbage,
			};
		if (bytes.length === 0) break;
		if (at === from && size - from <= longestHeading) short = bytes;
	}
	return { next: size, garbage: isHeading(short) ? undefined : garbage };
}

function indexOfMark(bytes: Uint8Array): number | undefined {
	for (
		let at = bytes.indexOf(0x47);
		at >= 0 && at + 3 < bytes.length;
		at = bytes.indexOf(0x47, at + 1)
	) {
		if (text(bytes, at, 4) === "GRIB") return at;
	}
	return undefined;
}

function firstNonZero(
	bytes: Uint8Array,
	end: number,
	offset: number,
): number | undefined {
	for (let i = 0; i < end; i++) if (bytes[i] !== 0) return offset + i;
	return undefined;
}

function isHeading(bytes: Uint8Array | undefined): boolean {
	if (bytes === undefined || bytes.length > longestHeading) return false;
	const heading = text(bytes, 0, bytes.length).replaceAll("\0", "");
	return heading.includes("\r\r\n") && [...heading].every(isPrinted);
}

/** Printable ASCII, line ends, and the start and end marks of bulletins. */
function isPrinted(character: string): boolean {
	return (
		(character >= " " && character <= "~") ||
		"\r\n\u0001\u0003".includes(character)
	);
}
