import { BrokenField, UnsupportedField } from "../cube/field.ts";
import { signed, uint } from "../grib/octets.ts";
import type { Grid } from "./grid.ts";
import { type HealpixSection, healpixGrid } from "./healpix.ts";
import { type LatLonSection, latLonGrid } from "./latlon.ts";
import { mapGrid } from "./maps2.ts";
import type { RotatedPole } from "./rotation.ts";
import { readScanning } from "./scanning.ts";
import { degrees } from "./unit.ts";
import type { PointsReference } from "./unstructured.ts";

/** Octets 0xffffffff mean that a number is missing. */
const missing = 0xffff_ffff;

/** The grid of section 3 of a GRIB 2 message, by its template (WMO code table 3.1). */
export function gridOfSection3(section: Uint8Array, id: string): Grid {
	if (section.length < 14)
		throw new BrokenField(`section 3 has ${section.length} octets`);
	const template = uint(section, 12, 2);
	const map = mapGrid(template, section, id);
	if (map !== undefined) return map;
	switch (template) {
		case 0:
		case 40:
			return latLonGrid(readLatLon(section, template === 40, 72), id);
		case 1:
		case 41: {
			const plain = readLatLon(section, template === 41, 84);
			return latLonGrid({ ...plain, pole: readPole(section) }, id);
		}
		case 150:
			return healpixGrid(readHealpix(section), id);
		case 50:
		case 51:
		case 52:
		case 53:
			throw new UnsupportedField(
				`spherical harmonics (grid definition template 3.${template}) have no points to cut out`,
			);
		default:
			throw new UnsupportedField(
				`a grid of template 3.${template} cannot be read`,
			);
	}
}

/** What template 3.101 says of a grid whose points are elsewhere; undefined for another template. */
export function readReference(
	section: Uint8Array,
): PointsReference | undefined {
	if (uint(section, 12, 2) !== 101) return undefined;
	needs(section, 35);
	return {
		grid: uint(section, 15, 3),
		part: uint(section, 18, 1),
		uuid: Buffer.from(section.subarray(19, 35)).toString("hex"),
		points: uint(section, 6, 4),
	};
}

/** Templates 3.0 and 3.40, and what 3.1 and 3.41 begin with. */
function readLatLon(
	section: Uint8Array,
	isGaussian: boolean,
	length: number,
): LatLonSection {
	needs(section, length);
	const columns = uint(section, 30, 4);
	const flags = uint(section, 54, 1);
	const unit = unitOf(section);
	const step = uint(section, 67, 4);
	const given = (flags & 0x10) !== 0 && step !== missing && step !== 0;
	return {
		columns: columns === missing ? undefined : columns,
		rows: uint(section, 34, 4),
		first: {
			latitude: signed(section, 46, 4),
			longitude: signed(section, 50, 4),
		},
		last: {
			latitude: signed(section, 55, 4),
			longitude: signed(section, 59, 4),
		},
		unit,
		rowStep: given && !isGaussian ? degrees(step, unit) : undefined,
		gaussian: isGaussian ? step : undefined,
		pl: readPl(section, length, uint(section, 34, 4)),
		scanning: readScanning(uint(section, 71, 1)),
		points: uint(section, 6, 4),
	};
}

/** Template 3.150. */
function readHealpix(section: Uint8Array): HealpixSection {
	needs(section, 42);
	const first = uint(section, 35, 4);
	const ordering = uint(section, 40, 1);
	// ecCodes itself leaves the meridian of the first square at 0 when it means 45 degrees.
	if (first !== 0 && first !== 45_000_000)
		throw new UnsupportedField(
			`HEALPix whose first square is not at 45 degrees east but at ${first} cannot be read`,
		);
	if (ordering > 1)
		throw new UnsupportedField(`HEALPix in order ${ordering} cannot be read`);
	return {
		side: uint(section, 31, 4),
		nested: ordering === 1,
		points: uint(section, 6, 4),
	};
}

/** Octets 73 to 84 of templates 3.1 and 3.41. */
function readPole(section: Uint8Array): RotatedPole {
	const view = new DataView(section.buffer, section.byteOffset);
	return {
		latitude: degrees(signed(section, 72, 4), 1e-6),
		longitude: degrees(uint(section, 76, 4), 1e-6),
		angle: view.getFloat32(80),
	};
}

function needs(section: Uint8Array, octets: number): void {
	if (section.length < octets)
		throw new BrokenField(
			`section 3 has ${section.length} octets, its template needs ${octets}`,
		);
}

/** Millionths of a degree, unless the section has a basic angle and subdivisions of its own. */
function unitOf(section: Uint8Array): number {
	const angle = uint(section, 38, 4);
	const subdivisions = uint(section, 42, 4);
	if (angle === 0 || angle === missing) return 1e-6;
	if (subdivisions === 0 || subdivisions === missing)
		throw new BrokenField("a basic angle has no subdivisions");
	return angle / subdivisions;
}

/** The list of points of each row behind the template, where the section has one. */
function readPl(
	section: Uint8Array,
	at: number,
	rows: number,
): Uint32Array | undefined {
	const octets = uint(section, 10, 1);
	if (octets === 0) return undefined;
	const interpretation = uint(section, 11, 1);
	if (interpretation !== 1)
		throw new UnsupportedField(
			`a list of numbers of points of interpretation ${interpretation} (code table 3.11) cannot be read`,
		);
	if (octets > 4)
		throw new BrokenField(`numbers of points have ${octets} octets each`);
	if (at + rows * octets > section.length)
		throw new BrokenField(
			`section 3 has ${section.length} octets, too few for the points of ${rows} rows`,
		);
	return Uint32Array.from({ length: rows }, (_, row) =>
		uint(section, at + row * octets, octets),
	);
}
