import type { Mapping } from "../../../hypercube/mars/document.ts";

export type Request = Readonly<Record<string, string | Mapping>>;

const surface = {
	class: "od",
	stream: "oper",
	type: "fc",
	expver: "0001",
	domain: "g",
	date: "20250101",
	time: "0000",
	levtype: "sfc",
	param: "167",
	step: "0",
};
const members = { ...surface, stream: "enfo", type: "pf", number: "1" };
const levels = { ...surface, levtype: "pl", param: "130", levelist: "500" };
const degree = { ...surface, expver: "0002" };
const climate = {
	class: "d1",
	dataset: "climate-dt",
	activity: "baseline",
	experiment: "hist",
	generation: "1",
	model: "ifs-nemo",
	realization: "1",
	resolution: "standard",
	expver: "0001",
	stream: "clte",
	type: "fc",
	levtype: "sfc",
	param: "167",
	date: "20200101",
	time: "0000",
};
const { date: _date, time: _time, ...timeless } = climate;
const months = {
	...timeless,
	stream: "clmn",
	param: "228004",
	year: "2010",
	month: "1/7/12",
};

const one = [[51.5, 10.2]];
const two = [
	[51.5, 10.2],
	[-33, 290],
];
const corners = [
	[45, 0],
	[55, 15],
];
const triangle = [
	[45, 0],
	[55, 0],
	[45, 20],
];
const path = [
	[40, 0],
	[45, 10],
	[50, 10],
];
const flat = ["latitude", "longitude"];
const series = (rest: Mapping = {}): Mapping => ({
	type: "timeseries",
	points: two,
	time_axis: "step",
	...rest,
});
const position = { type: "position", points: two };
const profile = { type: "verticalprofile", points: two };
const box = { type: "boundingbox", points: corners };
const circle = { type: "circle", center: [[50, 10]], radius: 6 };
const polygon = { type: "polygon", shape: [triangle] };
const frame = {
	type: "frame",
	outer_box: [
		[0, -20],
		[20, 20],
	],
	inner_box: [
		[5, -10],
		[15, 15],
	],
};
const round = { type: "trajectory", points: path, axes: flat, inflation: 2 };

const daily = series({ time_axis: "date" });
const monthly = series({ time_axis: "month" });
const all = { date: "20250102/20250101", number: "2/1", step: "6/0" };

/** Whatever has another answer, with a reason, is not here: docs/accuracy.md tells of it. */
export const REQUESTS: Readonly<Record<string, Request>> = {
	"a series of steps": { ...surface, step: "0/3/6/12", feature: series() },
	"a range": {
		...surface,
		step: "0/to/12",
		feature: series({ axes: flat }),
	},
	"increments, the end included": {
		...surface,
		step: "0/to/12/by/6",
		feature: series(),
	},
	"several quantities by name": {
		...surface,
		param: "2t/10u",
		feature: series(),
	},
	"dates and times": {
		...surface,
		date: "20250101/to/20250102",
		time: "0000/1200",
		step: "0/6",
		feature: series(),
	},
	"members and dates, in any order": { ...members, ...all, feature: series() },
	"levels and members": {
		...members,
		levtype: "pl",
		param: "130",
		levelist: "850/500",
		number: "2/1",
		feature: series(),
	},
	"a series over dates": {
		...surface,
		date: "20250102/20250101",
		step: "0/6",
		feature: daily,
	},
	"longitude first": {
		...surface,
		feature: series({
			points: [[10.2, 51.5]],
			axes: ["longitude", "latitude"],
		}),
	},
	"a place on the equator": {
		...surface,
		feature: series({ points: [[0, 0]] }),
	},
	positions: { ...members, ...all, feature: position },
	"a profile": { ...levels, levelist: "1000/500", feature: profile },
	"profiles of all": {
		...members,
		levtype: "pl",
		param: "130/133",
		levelist: "1000/500/850",
		number: "2/1",
		step: "6/0",
		feature: profile,
	},
	"a profile's range": {
		...levels,
		levelist: "0/to/900",
		feature: { ...profile, axes: "levelist" },
	},
	"a box": { ...surface, feature: box },
	"a box of all": { ...members, ...all, param: "167/165", feature: box },
	"a box on levels": { ...levels, levelist: "850/500", feature: box },
	"a box through levels": {
		...members,
		levtype: "pl",
		param: "130",
		feature: {
			type: "boundingbox",
			points: [
				[48, 0, 500],
				[52, 10, 850],
			],
			axes: [...flat, "levelist"],
		},
	},
	"a box over the seam": {
		...surface,
		feature: {
			type: "boundingbox",
			points: [
				[45, 350],
				[55, 370],
			],
		},
	},
	"a box of negative longitudes": {
		...degree,
		feature: {
			type: "boundingbox",
			points: [
				[-5, -8],
				[5, 8],
			],
		},
	},
	"a circle": { ...surface, step: "0/6", feature: circle },
	"a circle on points": {
		...degree,
		feature: { ...circle, center: [[45, 10]], radius: 2 },
	},
	"a triangle": { ...surface, date: "20250101/20250102", feature: polygon },
	"a triangle on levels": { ...levels, levelist: "850/500", feature: polygon },
	"a polygon over the seam": {
		...surface,
		feature: {
			...polygon,
			shape: [
				[
					[45, -10],
					[55, -10],
					[55, 10],
					[45, 10],
				],
			],
		},
	},
	"two polygons": {
		...degree,
		feature: {
			...polygon,
			shape: [
				triangle,
				[
					[0, 0],
					[10, 0],
					[0, 10],
				],
			],
		},
	},
	"a frame": { ...surface, step: "0/6", feature: frame },
	"a path": { ...surface, param: "167/165", feature: round },
	"a path of members": { ...members, ...all, step: "0", feature: round },
	"a path on a level": { ...levels, feature: round },
	"hours of the climate": {
		...climate,
		date: "20200101/to/20200102",
		time: "0000/0600",
		param: "167/165",
		feature: daily,
	},
	"a level of the climate": {
		...climate,
		levtype: "pl",
		param: "130",
		levelist: "500",
		feature: daily,
	},
	"a box of the climate": {
		...climate,
		time: "0000/0600",
		feature: {
			type: "boundingbox",
			points: [
				[31, 0],
				[61, 40],
			],
		},
	},
	"a polygon of the climate": {
		...climate,
		time: "0000/0600",
		feature: {
			...polygon,
			shape: [
				[
					[31, 0],
					[61, 0],
					[58, 40],
					[33, 42],
				],
			],
		},
	},
	"a circle of the climate": { ...climate, feature: { ...circle, radius: 15 } },
	"a profile of the climate": {
		...climate,
		levtype: "pl",
		param: "130",
		levelist: "500/850",
		feature: profile,
	},
	months: { ...months, year: "2010/2011", feature: monthly },
	"a position in months": { ...months, feature: position },
	"a box in months": { ...months, month: "1/7", feature: box },
	"a polygon in a month": { ...months, month: "7", feature: polygon },
	"a circle in a month": { ...months, month: "7", feature: circle },
};

/** Refused by both. */
export const REFUSED: Readonly<Record<string, Request>> = {
	"an unknown time axis": {
		...surface,
		feature: series({ time_axis: "datetime" }),
	},
	"a range beside the key": {
		...surface,
		feature: series({ range: { start: 0, end: 3 } }),
	},
	"an unknown key": { ...surface, feature: series({ foo: 1 }) },
	"a single corner": { ...surface, feature: { ...box, points: one } },
	"an area without points": {
		...surface,
		feature: { ...circle, radius: 0.01 },
	},
	"no inflation": {
		...surface,
		feature: { type: "trajectory", points: path, axes: flat },
	},
	"a level where there is none": {
		...surface,
		feature: { ...profile, range: { start: 0, end: 1000 } },
	},
	"an unknown feature": { ...surface, feature: { ...box, type: "foo" } },
};
