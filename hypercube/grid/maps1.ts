import { BrokenField } from "../cube/field.ts";
import { signed, uint } from "../grib/octets.ts";
import { type Earth, earthOfEdition1 } from "./earth.ts";
import { lambertConformal } from "./lambert.ts";
import { mercator } from "./mercator.ts";
import { PlaneGrid, type PlaneSection } from "./plane.ts";
import type { Projection } from "./projection.ts";
import { readScanning } from "./scanning.ts";
import { polarStereographic } from "./stereographic.ts";
import { degrees } from "./unit.ts";

interface Places {
	readonly kind: string;
	/** Octets of the section, at least. */
	readonly length: number;
	readonly dx: number;
	projection(section: Uint8Array): Projection;
}

const types: Readonly<Record<number, Places>> = {
	1: {
		kind: "mercator",
		length: 34,
		dx: 28,
		projection: (section) =>
			mercator({
				earth: earthOf(section),
				trueAt: angle(section, 23),
				meridian: 0,
			}),
	},
	3: {
		kind: "lambert",
		length: 34,
		dx: 20,
		projection: (section) =>
			lambertConformal({
				earth: earthOf(section),
				latin1: angle(section, 28),
				latin2: angle(section, 31),
				// GRIB 1 has no latitude of origin; it only moves the map.
				origin: angle(section, 28),
				meridian: angle(section, 17),
			}),
	},
	5: {
		kind: "polar_stereographic",
		length: 28,
		dx: 20,
		projection: (section) =>
			polarStereographic({
				earth: earthOf(section),
				south: (uint(section, 26, 1) & 0x80) !== 0,
				// As the standard fixes it for GRIB 1.
				trueAt: 60,
				meridian: angle(section, 17),
			}),
	},
};

/** The grid of a data representation type of maps: 1, 3, 5; undefined for another. */
export function mapGrid1(
	type: number,
	section: Uint8Array,
	id: string,
	points: number | undefined,
): PlaneGrid | undefined {
	const places = types[type];
	if (places === undefined) return undefined;
	if (section.length < places.length)
		throw new BrokenField(
			`section 2 has ${section.length} octets, its type needs ${places.length}`,
		);
	const plane: PlaneSection = {
		columns: uint(section, 6, 2),
		rows: uint(section, 8, 2),
		latitude: angle(section, 10),
		longitude: angle(section, 13),
		dx: uint(section, places.dx, 3),
		dy: uint(section, places.dx + 3, 3),
		scanning: readScanning(uint(section, 27, 1)),
		points,
	};
	const { kind } = places;
	return new PlaneGrid({ id, kind }, plane, places.projection(section));
}

function earthOf(section: Uint8Array): Earth {
	return earthOfEdition1(uint(section, 16, 1));
}

/** Thousandths of a degree. */
function angle(section: Uint8Array, at: number): number {
	return degrees(signed(section, at, 3), 1e-3);
}
