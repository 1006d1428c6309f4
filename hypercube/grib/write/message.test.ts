import { describe, expect, test } from "vitest";
import { octahedralGrid } from "../../grid/octahedral.ts";
import type { Field } from "./field.ts";
import { writeMessage } from "./message.ts";
import { packSimple } from "./pack.ts";
import { parameterCodings } from "./parameter.ts";

const grid = octahedralGrid(2);
const field: Field = {
	class: "od",
	stream: "oper",
	type: "fc",
	expver: "0001",
	date: "20250131",
	time: "1200",
	step: 18,
	parameter: parameterCodings["2t"],
	grid,
	values: Float64Array.from({ length: grid.size }, (_, i) => 250 + i),
};

/** The sections of a message by number, following their lengths to the end mark. */
function sectionsOf(message: Uint8Array): Map<number, DataView> {
	const view = new DataView(message.buffer);
	const sections = new Map<number, DataView>();
	let at = 16;
	while (at < message.length - 4) {
		const length = view.getUint32(at);
		sections.set(
			view.getUint8(at + 4),
			new DataView(message.buffer, at, length),
		);
		at += length;
	}
	expect(new TextDecoder().decode(message.subarray(at))).toBe("7777");
	return sections;
}

describe("a message", () => {
	test("says its own length and has all sections in order", () => {
		const message = writeMessage(field);
		expect(new DataView(message.buffer).getUint32(12)).toBe(message.length);
		expect([...sectionsOf(message).keys()]).toEqual([1, 2, 3, 4, 5, 6, 7]);
	});

	test.each([
		["2t", false, 0, 34],
		["2t", true, 1, 37],
		["tp", false, 8, 58],
		["tp", true, 11, 61],
	] as const)(
		"%s, member %s: product template %i",
		(name, member, template, length) => {
			const message = writeMessage({
				...field,
				parameter: parameterCodings[name],
				...(member ? { member: { number: 7, total: 50 } } : {}),
			});
			const section = sectionsOf(message).get(4);
			expect(section?.getUint16(7)).toBe(template);
			expect(section?.byteLength).toBe(length);
			if (member) expect(section?.getUint8(35)).toBe(7);
		},
	);

	test("an accumulation ends at date, time and step", () => {
		const message = writeMessage({ ...field, parameter: parameterCodings.tp });
		const section = sectionsOf(message).get(4);
		// 2025-01-31 12:00 and 18 hours is the first of February, 06:00.
		expect(section?.getUint16(34)).toBe(2025);
		expect([36, 37, 38].map((at) => section?.getUint8(at))).toEqual([2, 1, 6]);
		expect(section?.getUint32(49)).toBe(18);
	});

	test("a field that does not fit its grid, or lacks its level, is refused", () => {
		expect(() =>
			writeMessage({ ...field, values: new Float64Array(3) }),
		).toThrow("3 values for a grid of 88 points");
		expect(() =>
			writeMessage({ ...field, parameter: parameterCodings.t }),
		).toThrow("t needs a pressure level");
	});
});

describe("simple packing", () => {
	const unpack = (values: Float64Array, bits: number) => {
		const packed = packSimple(values, bits);
		let held = 0n;
		for (const byte of packed.bytes) held = (held << 8n) | BigInt(byte);
		const spare = packed.bytes.length * 8 - packed.bits * values.length;
		held >>= BigInt(spare);
		const unpacked = Array.from(values, (_, i) => {
			const shift = BigInt(packed.bits * (values.length - 1 - i));
			const integer = Number(
				(held >> shift) & ((1n << BigInt(packed.bits)) - 1n),
			);
			return packed.reference + integer * 2 ** packed.binaryScale;
		});
		return { packed, unpacked };
	};

	test.each([1, 7, 8, 12, 16, 17, 24])(
		"%i bits come back within half a step",
		(bits) => {
			const values = Float64Array.from(
				{ length: 101 },
				(_, i) => -1.3 + Math.sin(i) * 1e-3,
			);
			const { packed, unpacked } = unpack(values, bits);
			expect(packed.reference).toBeLessThanOrEqual(Math.min(...values));
			expect(Math.fround(packed.reference)).toBe(packed.reference);
			const worst = Math.max(
				...unpacked.map((value, i) => Math.abs(value - (values[i] ?? 0))),
			);
			// The top value may be clamped by the float's rounding below the smallest, a hair more than half.
			expect(worst).toBeLessThanOrEqual(2 ** packed.binaryScale * 0.51);
		},
	);

	test("a constant field has no bits", () => {
		const packed = packSimple(new Float64Array(10).fill(3.5), 16);
		expect(packed).toMatchObject({ reference: 3.5, bits: 0 });
		expect(packed.bytes.length).toBe(0);
	});

	test("what cannot be packed is refused", () => {
		expect(() => packSimple(Float64Array.of(1, Number.NaN), 16)).toThrow("NaN");
		expect(() => packSimple(new Float64Array(0), 16)).toThrow("empty");
		expect(() => packSimple(Float64Array.of(1, 2), 25)).toThrow("25");
	});
});
