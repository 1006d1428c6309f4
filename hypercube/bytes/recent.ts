import type { ByteSource } from "./source.ts";

interface Stretch {
	readonly start: number;
	readonly bytes: Uint8Array;
}

/**
 * A source that reads ahead and keeps what it read last, for who reads headers: they lie close together, and are read
 * more than once. What is kept is answered at once.
 *
 * @param ahead octets that one read fetches at least
 * @param kept reads that are kept
 */
export function recent(
	source: ByteSource,
	ahead: number,
	kept: number,
): ByteSource {
	const stretches: Stretch[] = [];
	const have = (offset: number, end: number): Uint8Array | undefined => {
		const found = stretches.find(
			({ start, bytes }) => start <= offset && end <= start + bytes.length,
		);
		return found?.bytes.subarray(offset - found.start, end - found.start);
	};
	return {
		size: source.size,
		...(source.gap !== undefined && { gap: source.gap }),
		read(offset, length, signal) {
			const end = Math.min(offset + length, source.size);
			const known = end <= offset ? new Uint8Array() : have(offset, end);
			if (known !== undefined) return known;
			const keep = (bytes: Uint8Array): Uint8Array => {
				stretches.unshift({ start: offset, bytes });
				stretches.splice(kept);
				return bytes.subarray(0, length);
			};
			const read = source.read(offset, Math.max(length, ahead), signal);
			return read instanceof Promise ? read.then(keep) : keep(read);
		},
	};
}
