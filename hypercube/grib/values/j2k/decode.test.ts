import fc from "fast-check";
import { expect, test } from "vitest";
import { Broken, Unread } from "./codestream.ts";
import { decodeImage } from "./decode.ts";

/** An image of 9 by 6 points of 17 bits, `point n` being `n * n * 37`, as OpenJPEG 2.5 writes it. */
const small = Buffer.from(
	"/0//UQApAAAAAAAJAAAABgAAAAAAAAAAAAAACQAAAAYAAAAAAAAAAAABEAEB/1IADAAAAAEAAgQEAAH/XAAKQIiQkJiQkJj/ZAAlAAFDcmVhdGVkIGJ5IE9wZW5KUEVHIHZlcnNpb24gMi41LjL/kAAKAAAAAABlAAH/k9/4wHAGqzso0tKxU22VrlaHZ8AH4A0P/DAeAAAhCI+dJwN/DgX06KJd2QHAAfUEw/8GDQAI7Jo66QAwSq8MwOUXtoCgr6FHAvlZpYL81b209QUN4AzYf//Z",
	"base64",
);
const points = Int32Array.from({ length: 54 }, (_, n) => n * n * 37);

test("an image is what it was", () => {
	expect(decodeImage(small)).toEqual(points);
});

test("what is not read is named", () => {
	const change = (at: number, octet: number) => () =>
		decodeImage(Buffer.from(small).fill(octet, at, at + 1));
	const cod = small.indexOf(Buffer.of(0xff, 0x52));
	expect(change(cod + 4, 1)).toThrow(
		new Unread("precincts or marks of packets"),
	);
	expect(change(cod + 7, 3)).toThrow(new Unread("3 layers"));
	expect(change(cod + 12, 8)).toThrow(new Unread("code-blocks of style 8"));
	expect(change(cod + 13, 0)).toThrow(new Unread("the irreversible wavelet"));
	expect(change(27, 1)).toThrow(Unread);
	expect(change(cod + 10, 200)).toThrow(Broken);
});

test("any octets end in an image or in a fault of it", () => {
	const changes = fc.array(fc.tuple(fc.nat(small.length - 1), fc.nat(255)), {
		minLength: 1,
		maxLength: 4,
	});
	const length = fc.integer({ min: 43, max: small.length });
	fc.assert(
		fc.property(changes, length, (octets, end) => {
			const image = Buffer.from(small);
			for (const [at, octet] of octets) image[at] = octet;
			// Its size is checked before.
			image.set(small.subarray(0, 43));
			try {
				expect(decodeImage(image.subarray(0, end))).toHaveLength(54);
			} catch (error) {
				if (!(error instanceof Broken || error instanceof Unread)) throw error;
			}
		}),
		{ numRuns: 1000 },
	);
});
