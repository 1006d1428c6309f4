import { BrokenField } from "../cube/field.ts";
import { signed, uint } from "../grib/octets.ts";
import { lambertAzimuthal } from "./azimuthal.ts";
import { readEarth } from "./earth.ts";
import { lambertConformal } from "./lambert.ts";
import { mercator } from "./mercator.ts";
import { PlaneGrid, type PlaneSection } from "./plane.ts";
import type { Projection } from "./projection.ts";
import { readScanning } from "./scanning.ts";
import { polarStereographic } from "./stereographic.ts";
import { degrees } from "./unit.ts";

/** Where the templates of maps keep what they share, from the beginning of section 3. */
interface Places {
	readonly kind: string;
	/** Octets of the section, at least. */
	readonly length: number;
	readonly dx: number;
	readonly scanning: number;
	projection(section: Uint8Array): Projection;
}

const templates: Readonly<Record<number, Places>> = {
	10: {
		kind: "mercator",
		length: 72,
		dx: 64,
		scanning: 59,
		projection: (section) =>
			mercator({
				earth: readEarth(section),
				trueAt: angle(section, 47),
				meridian: angle(section, 60),
			}),
	},
	20: {
		kind: "polar_stereographic",
		length: 65,
		dx: 55,
		scanning: 64,
		projection: (section) =>
			polarStereographic({
				earth: readEarth(section),
				// The flag, and where it is not set a latitude on the southern hemisphere.
				south: (uint(section, 63, 1) & 0x80) !== 0 || angle(section, 47) < 0,
				trueAt: angle(section, 47),
				meridian: angle(section, 51),
			}),
	},
	30: {
		kind: "lambert",
		length: 81,
		dx: 55,
		scanning: 64,
		projection: (section) =>
			lambertConformal({
				earth: readEarth(section),
				latin1: angle(section, 65),
				latin2: angle(section, 69),
				origin: angle(section, 47),
				meridian: angle(section, 51),
			}),
	},
	140: {
		kind: "lambert_azimuthal_equal_area",
		length: 64,
		dx: 55,
		scanning: 63,
		projection: (section) =>
			lambertAzimuthal({
				earth: readEarth(section),
				latitude: angle(section, 46),
				longitude: angle(section, 50),
			}),
	},
};

/** The grid of a template of maps: 3.10, 3.20, 3.30, 3.140; undefined for another. */
export function mapGrid(
	template: number,
	section: Uint8Array,
	id: string,
): PlaneGrid | undefined {
	const places = templates[template];
	if (places === undefined) return undefined;
	if (section.length < places.length)
		throw new BrokenField(
			`section 3 has ${section.length} octets, its template needs ${places.length}`,
		);
	const plane: PlaneSection = {
		columns: uint(section, 30, 4),
		rows: uint(section, 34, 4),
		latitude: angle(section, 38),
		longitude: angle(section, 42),
		dx: uint(section, places.dx, 4) / 1000,
		dy: uint(section, places.dx + 4, 4) / 1000,
		scanning: readScanning(uint(section, places.scanning, 1)),
		points: uint(section, 6, 4),
	};
	const { kind } = places;
	return new PlaneGrid({ id, kind }, plane, places.projection(section));
}

/** Millionths of a degree. */
function angle(section: Uint8Array, at: number): number {
	return degrees(signed(section, at, 4), 1e-6);
}
