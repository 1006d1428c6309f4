/** CRC-32C (Castagnoli, RFC 3720 B.4), by a table of octets. */
export function crc32c(bytes: Uint8Array): number {
	let crc = 0xffffffff;
	for (const octet of bytes)
		crc = (table[(crc ^ octet) & 0xff] ?? 0) ^ (crc >>> 8);
	return (crc ^ 0xffffffff) >>> 0;
}

const table = Uint32Array.from({ length: 256 }, (_, octet) => {
	let rest = octet;
	for (let bit = 0; bit < 8; bit++)
		rest = rest & 1 ? (rest >>> 1) ^ 0x82f63b78 : rest >>> 1;
	return rest;
});
