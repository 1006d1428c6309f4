import type { ReducedGaussianGrid } from "../../grid/octahedral.ts";
import { Bytes } from "./bytes.ts";
import { classes, type Field, streams, types } from "./field.ts";
import { type Packed, packSimple } from "./pack.ts";
import { productSection } from "./product.ts";

/**
 * A whole GRIB 2 message: simple packing, reduced Gaussian grid, ECMWF's labels in section 2, so that
 * readers derive the MARS keys the field was given. No bitmap: every point has a value.
 * @throws RangeError where the values do not fit the grid or cannot be packed.
 */
export function writeMessage(field: Field): Uint8Array {
	if (field.values.length !== field.grid.size) {
		throw new RangeError(
			`${field.values.length} values for a grid of ${field.grid.size} points`,
		);
	}
	const packed = packSimple(field.values, field.bits ?? 16);
	const sections = [
		identificationSection(field),
		labelSection(field),
		gridSection(field.grid),
		productSection(field),
		packingSection(packed, field.values.length),
		new Bytes(6).u32(6).u8(6, 255).done(),
		new Bytes(5)
			.u32(5 + packed.bytes.length)
			.u8(7)
			.done(),
		packed.bytes,
		new Bytes(4).text("7777").done(),
	];
	const length = sections.reduce((sum, { length }) => sum + length, 16);
	const start = new Bytes(16)
		.text("GRIB")
		.missing(2)
		.u8(field.parameter.discipline, 2)
		.u32(Math.floor(length / 2 ** 32))
		.u32(length >>> 0);
	return join([start.done(), ...sections], length);
}

function identificationSection(field: Field): Uint8Array {
	const { date, time } = field;
	return (
		new Bytes(21)
			.u32(21)
			.u8(1)
			.u16(98)
			.u16(0)
			// Tables version 33 is the last whose messages readers label as the archive always has.
			.u8(33, field.parameter.local ? 1 : 0, 1)
			.u16(Number(date.slice(0, 4)))
			.u8(Number(date.slice(4, 6)), Number(date.slice(6, 8)))
			.u8(Number(time.slice(0, 2)), Number(time.slice(2, 4)), 0)
			.u8(0, types[field.type].processed)
			.done()
	);
}

function labelSection(field: Field): Uint8Array {
	return new Bytes(17)
		.u32(17)
		.u8(2)
		.u16(1)
		.u16(classes[field.class])
		.u16(types[field.type].code)
		.u16(streams[field.stream])
		.text(field.expver.padStart(4, "0").slice(0, 4))
		.done();
}

/** Grid definition template 3.40 with the list of points per row. */
function gridSection(grid: ReducedGaussianGrid): Uint8Array {
	const length = 72 + 2 * grid.pl.length;
	const micro = (degrees: number) => Math.round(degrees * 1e6);
	const first = micro(grid.latitudes[0] ?? 0);
	const last = micro(360 - 360 / Math.max(...grid.pl));
	const section = new Bytes(length)
		.u32(length)
		.u8(3, 0)
		.u32(grid.size)
		.u8(2, 1)
		.u16(40)
		// A sphere of 6,371,229 m; no axes of its own; points per row: in the list.
		.u8(6)
		.missing(19)
		.u32(grid.pl.length)
		.u32(0)
		.missing(4)
		.s32(first)
		.u32(0)
		.u8(0)
		.s32(-first)
		.u32(last)
		.missing(4)
		.u32(grid.n)
		.u8(0);
	for (const points of grid.pl) section.u16(points);
	return section.done();
}

function packingSection(packed: Packed, points: number): Uint8Array {
	return new Bytes(21)
		.u32(21)
		.u8(5)
		.u32(points)
		.u16(0)
		.f32(packed.reference)
		.s16(packed.binaryScale)
		.s16(0)
		.u8(packed.bits, 0)
		.done();
}

function join(parts: readonly Uint8Array[], length: number): Uint8Array {
	const message = new Uint8Array(length);
	let at = 0;
	for (const part of parts) {
		message.set(part, at);
		at += part.length;
	}
	return message;
}
