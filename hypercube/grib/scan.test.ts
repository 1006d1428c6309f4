import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { ByteSource } from "../bytes/source.ts";
import { type Fault, type Message, scan } from "./scan.ts";

type Expected = Readonly<Record<string, readonly Omit<Message, "kind">[]>>;

const fixture = (name: string) =>
	new Uint8Array(readFileSync(new URL(`./fixtures/${name}`, import.meta.url)));
const expected: Expected = JSON.parse(
	Buffer.from(fixture("expected.json")).toString(),
);
/** The first message of a file, without the padding after it. */
const firstOf = (name: string) =>
	fixture(name).subarray(0, expected[name]?.[0]?.length);
/** Two messages, edition 2 and 1, to break in many ways. */
const two = firstOf("chem_ll.grib2");
const one = firstOf("tilde_shortname.grib");

/** A source that notes what was read. */
function sourceOf(
	...parts: (Uint8Array | string)[]
): ByteSource & { reads: [number, number][] } {
	const bytes = Buffer.concat(parts.map((part) => Buffer.from(part)));
	const reads: [number, number][] = [];
	return {
		size: bytes.length,
		reads,
		read: async (offset, length) => {
			reads.push([offset, length]);
			return bytes.subarray(offset, offset + length);
		},
	};
}

async function scanned(
	source: ByteSource,
	from?: number,
): Promise<(Message | Fault)[]> {
	return Array.fromAsync(scan(source, from));
}

/** `offset length` of messages, `offset !reason` of faults. */
async function outline(source: ByteSource): Promise<string[]> {
	return (await scanned(source)).map((one) =>
		one.kind === "message"
			? `${one.offset} ${one.length}`
			: `${one.offset} !${one.reason}`,
	);
}

/** The same message with some octets changed. */
function patched(
	bytes: Uint8Array,
	at: number,
	...octets: number[]
): Uint8Array {
	const copy = bytes.slice();
	copy.set(octets, at);
	return copy;
}

describe("keys agree with ecCodes", () => {
	for (const [name, messages] of Object.entries(expected)) {
		it(name, async () => {
			const found = (await scanned(sourceOf(fixture(name)))).filter(
				(one) => one.kind === "message",
			);
			expect(found).toEqual(
				messages.map((message) => ({ kind: "message", ...message })),
			);
		});
	}
});

describe("a broken file costs the broken message", () => {
	it("nothing in an empty file, nor in zeros", async () => {
		expect(await outline(sourceOf())).toEqual([]);
		expect(await outline(sourceOf(new Uint8Array(1000)))).toEqual([]);
	});
	it("zero padding between messages and after them is no fault", async () => {
		const padding = new Uint8Array(7);
		expect(
			await outline(sourceOf(padding, two, padding, one, padding)),
		).toEqual([`7 ${two.length}`, `${14 + two.length} ${one.length}`]);
	});
	it("a bulletin's heading is no fault", async () => {
		const heading = "\u0001\r\r\n123\r\r\nHTXX98 ECMF 010000\r\r\n";
		expect(await outline(sourceOf(heading, one, "\r\r\n\u0003"))).toEqual([
			`${heading.length} ${one.length}`,
		]);
	});
	it("garbage between messages is told once, with its place", async () => {
		const found = await outline(sourceOf(two, "\0\0rubbish", one));
		expect(found).toEqual([
			`0 ${two.length}`,
			`${two.length + 2} !octets that are no GRIB message`,
			`${two.length + 9} ${one.length}`,
		]);
	});
	it("a message cut at the end of the file, wherever it is cut", async () => {
		for (let keep = 5; keep < one.length; keep += 17) {
			const found = await outline(sourceOf(two, one.subarray(0, keep)));
			expect(found, `${keep} octets`).toEqual([
				`0 ${two.length}`,
				expect.stringMatching(`^${two.length} !cut`),
			]);
		}
	});
	it("a message cut in the middle of the file: those after it are found", async () => {
		const found = await outline(sourceOf(two.subarray(0, 200), one, two));
		expect(found).toEqual([
			expect.stringMatching(/^0 !wrong length/),
			`200 ${one.length}`,
			`${200 + one.length} ${two.length}`,
		]);
	});
	it("a wrong length, too short, too long or beyond the file", async () => {
		const after = `${two.length} ${one.length}`;
		expect(await outline(sourceOf(patched(two, 14, 0, 200), one))).toEqual([
			expect.stringMatching(/^0 !wrong length/),
			after,
		]);
		expect(await outline(sourceOf(patched(two, 14, 0, 3), one))).toEqual([
			expect.stringMatching(/^0 !wrong length/),
			after,
		]);
		expect(await outline(sourceOf(patched(two, 8, 255), one))).toEqual([
			expect.stringMatching(/^0 !cut/),
			after,
		]);
	});
	it("an edition that is not read", async () => {
		const found = await outline(sourceOf(patched(two, 7, 3), one));
		expect(found).toEqual([
			"0 !edition 3 is neither 1 nor 2",
			`${two.length} ${one.length}`,
		]);
	});
	it("an unreadable header inside a whole frame", async () => {
		const section1 = await outline(sourceOf(patched(two, 16, 0x7f), one));
		expect(section1).toEqual([
			expect.stringMatching(/^0 !unreadable header/),
			`${two.length} ${one.length}`,
		]);
		const first = await outline(sourceOf(patched(one, 8, 0, 0, 9), two));
		expect(first).toEqual([
			expect.stringMatching(/^0 !unreadable header/),
			`${one.length} ${two.length}`,
		]);
	});
	it("GRIB and 7777 inside the data of a sound message are data", async () => {
		const at = two.length - 20;
		const found = await outline(
			sourceOf(patched(two, at, ...Buffer.from("GRIB7777GRIB")), one),
		);
		expect(found).toEqual([`0 ${two.length}`, `${two.length} ${one.length}`]);
	});
	it("never throws and always ends, whatever octet is changed", async () => {
		for (let at = 0; at < one.length + two.length; at++) {
			const bytes = Buffer.concat([one, two]);
			bytes[at] = (bytes[at] ?? 0) ^ 0xff;
			expect(
				(await scanned(sourceOf(bytes))).length,
				`octet ${at}`,
			).toBeGreaterThan(0);
		}
	});
});

describe("reads", () => {
	/** A message of edition 1 with a data section of `size` octets of zeros. */
	function large(size: number): Uint8Array {
		const bytes = Buffer.concat([
			one.subarray(0, one.length - 4),
			new Uint8Array(size),
			Buffer.from("7777"),
		]);
		bytes.writeUIntBE(bytes.length, 4, 3);
		return bytes;
	}
	it("headers and ends only of large messages, one read a message", async () => {
		const message = large(2_000_000);
		const source = sourceOf(message, message, message);
		expect((await scanned(source)).length).toBe(3);
		expect(source.reads.length).toBeLessThanOrEqual(4);
		const octets = source.reads.reduce((sum, [, length]) => sum + length, 0);
		expect(octets).toBeLessThan(60_000);
	});
	it("many small messages at once", async () => {
		const source = sourceOf(...Array.from({ length: 3000 }, () => one));
		expect((await scanned(source)).length).toBe(3000);
		expect(source.reads.length).toBeLessThan(10);
	});
	it("from a message on", async () => {
		const found = await scanned(sourceOf(two, one), two.length);
		expect(found.map(({ offset }) => offset)).toEqual([two.length]);
	});
	it("a length above 8 MiB, in units of 120 octets", async () => {
		const size = 8_500_000;
		const head = one.subarray(0, 8 + 0);
		const sections = one.subarray(8, one.length - 4);
		const [before] = splitAtData(sections);
		const total = Math.ceil((head.length + before.length + size) / 120) * 120;
		const bytes = Buffer.alloc(total);
		bytes.set(head, 0);
		bytes.set(before, 8);
		bytes.writeUIntBE(0x800000 + total / 120, 4, 3);
		bytes.writeUIntBE(4, 8 + before.length, 3);
		bytes.write("7777", total - 4);
		expect(await outline(sourceOf(bytes, one))).toEqual([
			`0 ${total}`,
			`${total} ${one.length}`,
		]);
	});
});

/** Sections before the data section, and that one. */
function splitAtData(sections: Uint8Array): [Uint8Array, Uint8Array] {
	const view = Buffer.from(sections);
	const flags = view[7] ?? 0;
	let at = view.readUIntBE(0, 3);
	if ((flags & 0x80) !== 0) at += view.readUIntBE(at, 3);
	if ((flags & 0x40) !== 0) at += view.readUIntBE(at, 3);
	return [sections.subarray(0, at), sections.subarray(at)];
}
