/** A message that ecCodes makes from one of its samples, to be compared with. */
export interface OracleCase {
	readonly name: string;
	readonly sample: string;
	readonly set: readonly (readonly [
		string,
		number | string | readonly number[],
	])[];
	/** Whether it gets as many values as ecCodes counts points. */
	readonly fill?: boolean;
	/** Places whose nearest point ecCodes is asked for too. */
	readonly near?: readonly (readonly [latitude: number, longitude: number])[];
	/** Where ecCodes has the point of an index, where it goes by another order than the message. */
	readonly index?: (index: number) => number;
}

/** Not on, and not between, points of any grid here. */
const places: OracleCase["near"] = [
	[10.123, 20.321],
	[-33.456, 359.911],
	[71.234, 180.012],
	[0.017, 0.013],
];

const regularSamples = ["regular_ll_pl_grib1", "regular_ll_pl_grib2"];

/** A regular grid of scanning mode `mode` between these edges. */
function regular(
	sample: string,
	mode: number,
	[north, west, south, east]: readonly [number, number, number, number],
	[columns, rows]: readonly [number, number],
): OracleCase {
	const [top, bottom] = mode & 0x40 ? [south, north] : [north, south];
	const [left, right] = mode & 0x80 ? [east, west] : [west, east];
	const alternate = (mode & 0x10) !== 0;
	const run = mode & 0x20 ? rows : columns;
	return {
		name: `${sample}, mode ${mode}, ${north}/${west}/${south}/${east}, ${columns} x ${rows}`,
		sample,
		set: [
			["Ni", columns],
			["Nj", rows],
			["scanningMode", mode],
			["latitudeOfFirstGridPointInDegrees", top],
			["longitudeOfFirstGridPointInDegrees", left],
			["latitudeOfLastGridPointInDegrees", bottom],
			["longitudeOfLastGridPointInDegrees", right],
			["iDirectionIncrementInDegrees", spacing(west, east, columns)],
			[
				"jDirectionIncrementInDegrees",
				rows > 1 ? (north - south) / (rows - 1) : 1,
			],
			["values", new Array(columns * rows).fill(1)],
		],
		// ecCodes takes no notice of rows that go back and forth.
		...(alternate && {
			index: (index: number) => {
				const n = Math.floor(index / run);
				return n % 2 === 1 ? n * run + run - 1 - (index % run) : index;
			},
		}),
	};
}

function spacing(west: number, east: number, columns: number): number {
	return (east > west ? east - west : east + 360 - west) / (columns - 1);
}

const modes = [0, 64, 128, 192, 32, 96, 160, 224, 16, 80, 144, 48, 112];

const regularCases = regularSamples.flatMap((sample) => [
	...modes.map((mode) => regular(sample, mode, [60, 5, 40, 25], [11, 6])),
	regular(sample, 0, [90, 0, -90, 358], [180, 91]),
	regular(sample, 0, [90, 0, -90, 359.5], [720, 361]),
	regular(sample, 0, [90, 0, -90, 360], [181, 91]),
	regular(sample, 64, [90, 180, -90, 178], [180, 91]),
	regular(sample, 0, [30, 350, -30, 10], [41, 121]),
	// Steps that are no whole number of what is coded.
	regular(sample, 0, [70, 0, 10, 20], [61, 181]),
	regular(sample, 0, [10, 0, 10, 20], [21, 1]),
]);

const gaussian: OracleCase[] = [1, 2].flatMap((edition): OracleCase[] => [
	{
		name: `regular_gg ${edition}`,
		sample: `regular_gg_pl_grib${edition}`,
		set: [],
	},
	{
		name: `regular_gg ${edition}, part`,
		sample: `regular_gg_pl_grib${edition}`,
		set: [
			["Ni", 9],
			["Nj", 4],
			["latitudeOfFirstGridPointInDegrees", 43.254],
			["latitudeOfLastGridPointInDegrees", 34.883],
			["longitudeOfFirstGridPointInDegrees", 348.75],
			["longitudeOfLastGridPointInDegrees", 11.25],
			["values", new Array(36).fill(1)],
		],
	},
	...[32, 48, 80, 160, 320, 640].map((n) => ({
		name: `reduced_gg N${n} ${edition}`,
		sample: `reduced_gg_pl_${n}_grib${edition}`,
		set: [],
		...(n < 100 && { near: places }),
	})),
	{
		name: `reduced_ll ${edition}`,
		sample: `reduced_ll_sfc_grib${edition}`,
		set: [],
	},
]);

// ecCodes does not turn regular Gaussian grids at all, and of one that is turned by nothing the rounding is chance.
const rotated: OracleCase[] = [
	"rotated_ll_pl_grib1",
	"rotated_ll_pl_grib2",
	"reduced_rotated_gg_pl_grib2",
	"reduced_rotated_gg_pl_grib1",
].flatMap((sample): OracleCase[] =>
	[
		[-40, 10, 0],
		[-27.5, 350.25, 0],
		[35, 100, 12.5],
	].map(([latitude = 0, longitude = 0, angle = 0]) => ({
		name: `${sample}, south pole ${latitude} ${longitude}, angle ${angle}`,
		sample,
		set: [
			["latitudeOfSouthernPoleInDegrees", latitude],
			["longitudeOfSouthernPoleInDegrees", longitude],
			["angleOfRotation", angle],
		],
	})),
);

/** Parts of N48 and O48: whole rows of the list, and those of their points that lie between two longitudes. */
const parts: OracleCase[] = [1, 2].flatMap((edition) =>
	[
		[350, 20.5],
		[0, 358.125],
		[0, 180],
		[12.345, 57.123],
		[180, 179],
		[340, 359.9],
	].flatMap(([west = 0, east = 0]) =>
		[
			[120, 128, 128, 135, 144, 144, 160, 160, 160, 160],
			[100, 104, 108, 112, 116, 120, 124, 128, 132, 136],
		].map(
			(pl): OracleCase => ({
				name: `part of reduced_gg, ${west} to ${east}, ${pl[0]} points in the first row, edition ${edition}`,
				sample: `reduced_gg_pl_48_grib${edition}`,
				fill: true,
				set: [
					["Nj", 10],
					["pl", pl],
					["latitudeOfFirstGridPointInDegrees", 49.406],
					["latitudeOfLastGridPointInDegrees", 32.633],
					["longitudeOfFirstGridPointInDegrees", west],
					["longitudeOfLastGridPointInDegrees", east],
				],
			}),
		),
	),
);

/** Whole numbers of a 48th of a degree; steps that are not given. */
const units: OracleCase[] = [
	{
		name: "regular_ll with a basic angle",
		sample: "regular_ll_pl_grib2",
		set: [
			["basicAngleOfTheInitialProductionDomain", 1],
			["subdivisionsOfBasicAngle", 48],
			["Ni", 9],
			["Nj", 7],
			["latitudeOfFirstGridPoint", 2001],
			["latitudeOfLastGridPoint", 1995],
			["longitudeOfFirstGridPoint", 17270],
			["longitudeOfLastGridPoint", 6],
			["iDirectionIncrement", 2],
			["jDirectionIncrement", 1],
			["values", new Array(63).fill(1)],
		],
	},
	...[1, 2].map(
		(edition): OracleCase => ({
			name: `regular_ll without steps, edition ${edition}`,
			sample: `regular_ll_pl_grib${edition}`,
			set: [
				["Ni", 7],
				["Nj", 8],
				["latitudeOfFirstGridPointInDegrees", 50],
				["latitudeOfLastGridPointInDegrees", 40],
				["longitudeOfFirstGridPointInDegrees", 355],
				["longitudeOfLastGridPointInDegrees", 5],
				["ijDirectionIncrementGiven", 0],
				["values", new Array(56).fill(1)],
			],
		}),
	),
];

const healpix = [1, 2, 3, 8, 32].flatMap((side) =>
	[0, 1]
		.filter((nested) => nested === 0 || side !== 3)
		.map(
			(nested): OracleCase => ({
				name: `healpix H${side}, ordering ${nested}`,
				sample: "GRIB2",
				set: [
					["gridType", "healpix"],
					["Nside", side],
					["longitudeOfFirstGridPointInDegrees", 45],
					["ordering", nested],
					["numberOfDataPoints", 12 * side * side],
					["numberOfValues", 12 * side * side],
					["values", new Array(12 * side * side).fill(1)],
				],
			}),
		),
);

/** Maps, scanned as ecCodes understands them: from the south-west corner, row by row. */
const shapes = [0, 6, 2, 4, 5, 8, 9];

function map(
	kind: string,
	shape: number,
	set: readonly (readonly [string, number])[],
): OracleCase {
	return {
		name: `${kind}, shape of the earth ${shape}, ${set.map(([key, value]) => `${key} ${value}`).join(", ")}`,
		sample: "GRIB2",
		set: [
			["gridType", kind],
			["shapeOfTheEarth", shape],
			["Nx", 13],
			["Ny", 9],
			["scanningMode", 64],
			...set,
			["numberOfDataPoints", 117],
			["values", new Array(117).fill(1)],
		],
	};
}

function first(
	latitude: number,
	longitude: number,
): (readonly [string, number])[] {
	return [
		["latitudeOfFirstGridPointInDegrees", latitude],
		["longitudeOfFirstGridPointInDegrees", longitude],
	];
}

const metres = 1000;
const steps: (readonly [string, number])[] = [
	["Dx", 150_000 * metres],
	["Dy", 120_000 * metres],
];

const maps: OracleCase[] = shapes.flatMap((shape) => [
	...[
		[40, 350, 45, 2, 44, 50],
		[30, 5, 50, 8, 50, 50],
		[-50, 120, -40, 130, -30, -45],
	].map(([north = 0, east = 0, origin = 0, meridian = 0, one = 0, two = 0]) =>
		map("lambert", shape, [
			...first(north, east),
			["LaDInDegrees", origin],
			["LoVInDegrees", meridian],
			["Latin1InDegrees", one],
			["Latin2InDegrees", two],
			...steps,
		]),
	),
	map("mercator", shape, [
		...first(-20, 350),
		["LaDInDegrees", 20],
		["DiInMetres", 150_000],
		["DjInMetres", 120_000],
	]),
	...([0, 6, 8].includes(shape)
		? [
				[60, 60, 340, 10],
				[90, 30, 225, 250],
				[-60, -40, 100, 150],
			].map(([trueAt = 0, north = 0, east = 0, meridian = 0]) =>
				map("polar_stereographic", shape, [
					...first(north, east),
					["LaDInDegrees", trueAt],
					["orientationOfTheGridInDegrees", meridian],
					["projectionCentreFlag", trueAt < 0 ? 128 : 0],
					...steps,
				]),
			)
		: []),
	map("lambert_azimuthal_equal_area", shape, [
		...first(40, 350),
		["standardParallelInDegrees", 52],
		["centralLongitudeInDegrees", 10],
		...steps,
	]),
]);

export const cases: readonly OracleCase[] = [
	...regularCases,
	...gaussian,
	...rotated,
	...healpix,
	...parts,
	...units,
	...maps,
];
