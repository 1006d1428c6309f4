import type { Mapping } from "../../hypercube/mars/document.ts";
import type { Goal } from "../measure.ts";
import type { Fields } from "./fields.ts";
import type { Work } from "./work.ts";

/** The place whose values fields with holes have. */
export const place = { latitude: 51.5, longitude: 10.2 };

const one = [[place.latitude, place.longitude]];

/** Requests without their feature. */
const surface = {
	class: "od",
	stream: "oper",
	type: "fc",
	expver: "0001",
	date: "20250101",
	time: "0000",
	levtype: "sfc",
	param: "167",
};
const series = { ...surface, expver: "0002", step: "0/to/144" };
const members = {
	...series,
	stream: "enfo",
	type: "pf",
	number: "1/to/50",
};
const upper = { ...surface, levtype: "pl", param: "130" };

const features = {
	/** 200 vertices, about seven thousand points of O1280. */
	polygon: {
		type: "polygon",
		shape: [
			Array.from({ length: 200 }, (_, n) => {
				const angle = (n / 200) * 2 * Math.PI;
				const radius = 4.55 * (1 + 0.25 * Math.sin(7 * angle));
				return [
					48 + radius * Math.sin(angle),
					10 + 1.1 * radius * Math.cos(angle),
				];
			}),
		],
	},
	/** 40° × 60°: 217,737 points of O1280. */
	box: {
		type: "boundingbox",
		points: [
			[30, 0],
			[70, 60],
		],
	},
	series: { type: "timeseries", points: one, time_axis: "step" },
	positions: (count: number): Mapping => ({
		type: "position",
		points: Array.from({ length: count }, (_, n) => [
			// Spread evenly over the sphere.
			(Math.asin(1 - (2 * n + 1) / count) * 180) / Math.PI,
			(n * 137.508) % 360,
		]),
	}),
	/** Along a great part of the globe, up and down again, through all four dimensions. */
	trajectory: (count: number): Mapping => ({
		type: "trajectory",
		axes: ["latitude", "longitude", "levelist", "step"],
		inflate: "box",
		inflation: [0.2, 0.2, 100, 1],
		points: Array.from({ length: count }, (_, n) => {
			const way = n / (count - 1);
			return [
				50 - 48 * way,
				1 + 100 * way,
				1000 - 500 * Math.sin(Math.PI * way),
				3 * way,
			];
		}),
	}),
} as const;

/** The box as a whole request. */
export const box = { ...surface, step: "0", feature: features.box };

/** One thing to be cut out, and what its figures are held to. */
export interface Case extends Omit<Work[number], "rounds"> {
	readonly name: string;
	/** Seconds that the reference implementation has for one round; absent: ours alone. */
	readonly limit?: number;
	readonly total?: readonly Goal[];
	readonly planning?: readonly Goal[];
	readonly first?: readonly Goal[];
	/** Octets read of each field. */
	readonly read?: readonly Goal[];
}

const most = (bound: number): readonly Goal[] => [
	{ at: "most", bound, of: "value" },
];
const atMostOf = (bound: number): readonly Goal[] => [
	{ at: "most", bound, of: "ratio" },
];

export function casesOn(fields: Fields): readonly Case[] {
	const { o1280, h1024, ccsds } = fields;
	const first = { ...surface, step: "0" };
	const packed = { ...surface, expver: "0003" };
	return [
		{
			name: "polygon",
			path: o1280.forecast,
			request: { ...first, feature: features.polygon },
			limit: 120,
			total: atMostOf(0.05),
			planning: atMostOf(0.01),
		},
		{
			name: "polygon, CCSDS",
			path: ccsds,
			request: { ...packed, step: "0", feature: features.polygon },
			limit: 120,
			total: atMostOf(0.05),
			planning: atMostOf(0.01),
		},
		{
			name: "box",
			path: o1280.forecast,
			request: { ...first, feature: features.box },
			limit: 120,
			total: atMostOf(0.1),
			first: most(50),
		},
		{
			name: "point × 10, CCSDS",
			path: ccsds,
			request: { ...packed, step: "0/to/9", feature: features.series },
			limit: 60,
			// Some six octets in ten: an interval of 4096 values of 16 bits.
			read: most(8192),
		},
		{
			name: "point × 145",
			path: o1280.series,
			request: { ...series, feature: features.series },
			limit: 60,
			read: most(4096),
		},
		{
			name: "point × 7250",
			path: fields.members,
			request: { ...members, feature: features.series },
			total: most(100),
			read: most(4096),
		},
		{
			name: "trajectory, 4 dimensions",
			path: o1280.levels,
			request: { ...upper, feature: features.trajectory(1000) },
			limit: 240,
		},
		{
			name: "10⁴ points",
			path: o1280.forecast,
			request: { ...first, feature: features.positions(10_000) },
			limit: 20,
		},
		...healpixCases(h1024),
	];
}

const healpixCases = ({
	forecast,
	levels,
	series: sparse,
}: Fields["h1024"]): readonly Case[] => [
	{
		name: "H1024, polygon",
		path: forecast,
		request: { ...surface, step: "0", feature: features.polygon },
	},
	{
		name: "H1024, box",
		path: forecast,
		request: { ...surface, step: "0", feature: features.box },
		first: most(50),
	},
	{
		name: "H1024, point × 145",
		path: sparse,
		request: { ...series, feature: features.series },
		read: most(4096),
	},
	{
		name: "H1024, trajectory, 4 dimensions",
		path: levels,
		request: { ...upper, feature: features.trajectory(1000) },
	},
	{
		name: "H1024, 10⁴ points",
		path: forecast,
		request: { ...surface, step: "0", feature: features.positions(10_000) },
	},
];
