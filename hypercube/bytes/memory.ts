import type { ByteSource } from "./source.ts";

/** Octets that are here already: a file read whole, a message just made. */
export function inMemory(bytes: Uint8Array): ByteSource {
	return {
		size: bytes.length,
		read: (offset, length) => bytes.subarray(offset, offset + length),
	};
}
