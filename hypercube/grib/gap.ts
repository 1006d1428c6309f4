import { text } from "./octets.ts";
import type { Window } from "./window.ts";

/** Where the next message may begin, and what lies before it. */
export interface Gap {
	/** Offset of the next `GRIB`, or the end of the file. */
	readonly next: number;
	/** Offset of the first octet that is neither padding nor a bulletin's heading; undefined when there is none. */
	readonly garbage: number | undefined;
}

const smallest = 256;
const largest = 65_536;
/** Headings and endings of telecommunication bulletins are shorter, and always have CR CR LF. */
const longestHeading = 200;

/**
 * Looks for the next `GRIB` from `from` on. It looks closely at first, since the next message mostly follows at once or
 * after a little padding, then in strides.
 */
export async function findNext(
	window: Window,
	from: number,
	size: number,
): Promise<Gap> {
	let garbage: number | undefined;
	let stride = smallest;
	for (
		let at = from;
		at < size;
		at += stride, stride = Math.min(stride * 4, largest)
	) {
		// Three octets more, for a mark that lies across two strides.
		const bytes =
			window.have(at, stride + 3) ?? (await window.load(at, stride + 3));
		const mark = indexOfMark(bytes);
		const end = mark ?? Math.min(bytes.length, stride);
		const alone = at === from && (mark !== undefined || bytes.length < stride);
		if (alone && isHeading(bytes.subarray(0, end)))
			return { next: at + end, garbage: undefined };
		garbage ??= firstNonZero(bytes, end, at);
		if (mark !== undefined) return { next: at + mark, garbage };
		if (bytes.length < stride) break;
	}
	return { next: size, garbage };
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

function isHeading(bytes: Uint8Array): boolean {
	if (bytes.length > longestHeading) return false;
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
