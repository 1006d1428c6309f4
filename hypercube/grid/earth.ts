import { BrokenField, UnsupportedField } from "../cube/field.ts";
import { uint } from "../grib/octets.ts";

/** Half axes of the earth that a projection was made with, metres; equal for a sphere. */
export interface Earth {
	readonly major: number;
	readonly minor: number;
}

const sphere = (radius: number): Earth => ({ major: radius, minor: radius });

/** WMO's code table 3.2, with the numbers that ecCodes takes for them. */
const fixed: Readonly<Record<number, Earth>> = {
	0: sphere(6_367_470),
	2: { major: 6_378_160, minor: 6_356_775 },
	4: { major: 6_378_137, minor: 6_356_752.314 },
	5: { major: 6_378_137, minor: 6_356_752.314 },
	6: sphere(6_371_229),
	8: sphere(6_371_200),
	9: { major: 6_377_563.396, minor: 6_356_256.909 },
};

/** Shape of the earth as octets 15 to 30 of GRIB 2's section 3 tell. */
export function readEarth(section: Uint8Array): Earth {
	const shape = uint(section, 14, 1);
	const known = fixed[shape];
	if (known !== undefined) return known;
	if (shape === 1) return checked(sphere(scaled(section, 15)));
	const unit = shape === 3 ? 1000 : 1;
	if (shape === 3 || shape === 7)
		return checked({
			major: unit * scaled(section, 20),
			minor: unit * scaled(section, 25),
		});
	throw new UnsupportedField(
		`shape of the earth ${shape} (code table 3.2) is not known`,
	);
}

/** Of a GRIB 1 message: bit 2 of the resolution and component flags. */
export function earthOfEdition1(flags: number): Earth {
	return flags & 0x40
		? { major: 6_378_160, minor: 6_356_775 }
		: sphere(6_367_470);
}

/** A number and the power of ten that it is to be divided by. */
function scaled(section: Uint8Array, at: number): number {
	const factor = uint(section, at, 1);
	const power = factor > 127 ? 128 - factor : factor;
	return uint(section, at + 1, 4) / 10 ** power;
}

function checked(earth: Earth): Earth {
	if (earth.minor > 0 && earth.minor <= earth.major && earth.major < 1e9)
		return earth;
	throw new BrokenField(
		`the earth cannot have half axes of ${earth.major} and ${earth.minor} metres`,
	);
}
