import { UnsupportedField } from "../cube/field.ts";
import type { Scanning } from "./order.ts";

/** Reads the scanning mode: WMO's code table 8 (GRIB 1), flag table 3.4 (GRIB 2). */
export function readScanning(flags: number): Scanning {
	if (flags & 0x0f)
		throw new UnsupportedField(
			`points that are shifted from row to row (scanning mode ${flags}) cannot be read`,
		);
	return {
		iNegative: (flags & 0x80) !== 0,
		jPositive: (flags & 0x40) !== 0,
		jConsecutive: (flags & 0x20) !== 0,
		alternate: (flags & 0x10) !== 0,
	};
}
