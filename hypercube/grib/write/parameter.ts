/** How GRIB 2 names a parameter and the surface it is at (code tables 4.1, 4.2, 4.5). */
export interface ParameterCoding {
	/** ECMWF's parameter id, which readers derive from the rest. */
	readonly paramId: number;
	readonly shortName: string;
	readonly discipline: number;
	readonly category: number;
	readonly number: number;
	/** 1 ground, 100 pressure (Pa), 101 mean sea level, 103 height above ground (m). */
	readonly surface: 1 | 100 | 101 | 103;
	/** Metres above ground of surface 103. */
	readonly height?: number;
	/** Accumulated from the start of the forecast (statistical process 1) instead of instantaneous. */
	readonly accumulated?: true;
	/** The number is from ECMWF's own tables (192 and above). */
	readonly local?: true;
}

/** The parameters the writer knows, as ecCodes 2.50 codes them for centre 98 and tables version 33. */
export const parameterCodings = {
	"2t": code(167, "2t", [0, 0], { surface: 103, height: 2 }),
	msl: code(151, "msl", [3, 0], { surface: 101 }),
	"10u": code(165, "10u", [2, 2], { surface: 103, height: 10 }),
	"10v": code(166, "10v", [2, 3], { surface: 103, height: 10 }),
	tp: code(228, "tp", [1, 193], {
		surface: 1,
		accumulated: true,
		local: true,
	}),
	t: code(130, "t", [0, 0], { surface: 100 }),
	u: code(131, "u", [2, 2], { surface: 100 }),
	v: code(132, "v", [2, 3], { surface: 100 }),
	z: code(129, "z", [3, 4], { surface: 100 }),
} as const satisfies Readonly<Record<string, ParameterCoding>>;

export type ParameterName = keyof typeof parameterCodings;

function code(
	paramId: number,
	shortName: string,
	[category, number]: readonly [number, number],
	rest: Pick<ParameterCoding, "surface" | "height" | "accumulated" | "local">,
): ParameterCoding {
	return { paramId, shortName, discipline: 0, category, number, ...rest };
}
