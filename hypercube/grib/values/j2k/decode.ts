import { type Band, resolutionsOf } from "./bands.ts";
import { BlockDecoder } from "./block.ts";
import { readCodestream } from "./codestream.ts";
import { readPackets } from "./packets.ts";
import { type Plane, synthesize } from "./wavelet.ts";

/**
 * Decodes an image of one unsigned component that was coded without loss, of up to 25 bits, as encoders of fields write
 * it: in one tile and one layer. The rest of ISO/IEC 15444-1 is refused by name.
 * @throws Unread, Broken
 */
export function decodeImage(octets: Uint8Array): Int32Array {
	const image = readCodestream(octets);
	const resolutions = resolutionsOf(image);
	readPackets(image, resolutions);
	let plane: Plane = { width: 0, height: 0, values: new Int32Array() };
	for (const { width, height, bands } of resolutions) {
		const values = new Int32Array(width * height);
		const next = { width, height, values };
		spread(plane, next);
		for (const band of bands) decodeBand(band, next);
		if (bands.length > 1) synthesize(next);
		plane = next;
	}
	// Unsigned numbers were moved to lie around zero (annex G.1).
	const middle = 2 ** (image.bits - 1);
	return plane.values.map((value) =>
		Math.max(0, Math.min(2 * middle - 1, value + middle)),
	);
}

/** What was made of the lower resolutions is the low-pass part of the next. */
function spread(from: Plane, to: Plane): void {
	for (let y = 0; y < from.height; y++)
		for (let x = 0; x < from.width; x++)
			to.values[2 * y * to.width + 2 * x] =
				from.values[y * from.width + x] ?? 0;
}

function decodeBand({ orientation, blocks }: Band, to: Plane): void {
	const step = orientation === "LL" ? 1 : 2;
	const right = orientation === "HL" || orientation === "HH" ? 1 : 0;
	const down = orientation === "LH" || orientation === "HH" ? 1 : 0;
	for (const block of blocks) {
		if (block.passes === 0) continue;
		new BlockDecoder(block, orientation).decode((x, y, value) => {
			const column = step * (block.x + x) + right;
			const row = step * (block.y + y) + down;
			to.values[row * to.width + column] = value;
		});
	}
}
