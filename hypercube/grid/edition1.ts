import { BrokenField, UnsupportedField } from "../cube/field.ts";
import { signed, uint } from "../grib/octets.ts";
import type { Grid } from "./grid.ts";
import { type LatLonSection, latLonGrid } from "./latlon.ts";
import { mapGrid1 } from "./maps1.ts";
import type { RotatedPole } from "./rotation.ts";
import { readScanning } from "./scanning.ts";
import { degrees } from "./unit.ts";

/**
 * The grid of section 2 of a GRIB 1 message, by its data representation type (WMO code table 6).
 * @param values how many values the message has, where known: GRIB 1 does not say how many points a grid has
 */
export function gridOfSection2(
	section: Uint8Array,
	id: string,
	values: number | undefined,
): Grid {
	if (section.length < 32)
		throw new BrokenField(`section 2 has ${section.length} octets`);
	const type = uint(section, 5, 1);
	const map = mapGrid1(type, section, id, values);
	if (map !== undefined) return map;
	switch (type) {
		case 0:
		case 4:
			return latLonGrid(readLatLon(section, type === 4, values), id);
		case 10:
		case 14: {
			const plain = readLatLon(section, type === 14, values);
			return latLonGrid({ ...plain, pole: readPole(section) }, id);
		}
		case 50:
		case 60:
		case 70:
		case 80:
			throw new UnsupportedField(
				`spherical harmonics (data representation type ${type}) have no points to cut out`,
			);
		default:
			throw new UnsupportedField(
				`a grid of data representation type ${type} cannot be read`,
			);
	}
}

/** Types 0 and 4, and what 10 and 14 begin with. */
function readLatLon(
	section: Uint8Array,
	isGaussian: boolean,
	points: number | undefined,
): LatLonSection {
	const columns = uint(section, 6, 2);
	const rows = uint(section, 8, 2);
	const step = uint(section, 25, 2);
	const given =
		(uint(section, 16, 1) & 0x80) !== 0 && step !== 0xffff && step !== 0;
	return {
		columns: columns === 0xffff ? undefined : columns,
		rows,
		first: {
			latitude: signed(section, 10, 3),
			longitude: signed(section, 13, 3),
		},
		last: {
			latitude: signed(section, 17, 3),
			longitude: signed(section, 20, 3),
		},
		unit: 1e-3,
		rowStep: given && !isGaussian ? degrees(step, 1e-3) : undefined,
		gaussian: isGaussian ? step : undefined,
		pl: columns === 0xffff ? readPl(section, rows) : undefined,
		scanning: readScanning(uint(section, 27, 1)),
		points,
	};
}

/** Octets 33 to 42 of types 10 and 14; the angle is a floating point number as IBM has them. */
function readPole(section: Uint8Array): RotatedPole {
	if (section.length < 42)
		throw new BrokenField(`section 2 has ${section.length} octets, not 42`);
	return {
		latitude: degrees(signed(section, 32, 3), 1e-3),
		longitude: degrees(signed(section, 35, 3), 1e-3),
		angle: ibm(section, 38),
	};
}

/** Sign, seven bits of a power of 16, and 24 bits of fraction. */
function ibm(octets: Uint8Array, at: number): number {
	const head = uint(octets, at, 1);
	const size = uint(octets, at + 1, 3) * 16 ** ((head & 0x7f) - 64 - 6);
	return head & 0x80 ? -size : size;
}

/** Points of each row: two octets each, behind the vertical coordinates, where octet 5 says. */
function readPl(section: Uint8Array, rows: number): Uint32Array | undefined {
	const vertical = uint(section, 3, 1);
	const octet = uint(section, 4, 1);
	if (octet === 255) return undefined;
	const at = octet - 1 + 4 * vertical;
	if (at + 2 * rows > section.length)
		throw new BrokenField(
			`section 2 has ${section.length} octets, its ${rows} rows need ${at + 2 * rows}`,
		);
	return Uint32Array.from({ length: rows }, (_, row) =>
		uint(section, at + 2 * row, 2),
	);
}
