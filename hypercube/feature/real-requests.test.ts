import { expect, test } from "vitest";
import { coerce, DEFAULT_COERCION } from "../mars/coerce.ts";
import { parseDocument } from "../mars/document.ts";
import { isMapping } from "../mars/feature.ts";
import REQUESTS from "../mars/fixtures/real-requests.json" with {
	type: "json",
};
import { parseFeature } from "./parse.ts";

/** What each author meant: kind, type, what it runs along or how many corners, and the keys that the feature adds. */
const MEANT: Readonly<Record<string, string>> = {
	"24-od-timeseries-range": "points timeseries -9.1,38.78 step | step=0/to/360",
	"26-od-timeseries-step-in-body": "points timeseries -9.1,38.78 step |",
	"27-earthkit-timeseries-ints-and-lists":
		"points timeseries 46.5,17 step | step=0/to/360",
	"28-climate-dt-timeseries-year": "points timeseries 38,-9.5 date |",
	"29-climate-dt-timeseries-clmn": "points timeseries 48.85,2.35 month |",
	"31-extremes-dt-timeseries":
		"points timeseries -9.11,38.79 step | step=0/to/10",
	"32-extremes-dt-wave-timeseries":
		"points timeseries 46.52550070909342,-26.134053679694034 step |",
	"33-on-demand-timeseries-subhourly":
		"points timeseries -9.11,38.79 step | step=0/to/1",
	"34-meteoswiss-ch2-timeseries":
		"points timeseries 47.453928,8.565074 step | step=0/to/120",
	"36-aifs-timeseries-two-points":
		"points timeseries -9.1,38.78 1.1,2.78 step | step=0/to/360",
	"37-polytope-mars-legacy-axis-key": "points timeseries 38,-9.5 step |",
	"38-od-verticalprofile-range":
		"points verticalprofile -9.1,38.78 levelist | levelist=0/to/1000",
	"39-od-verticalprofile-levelist-in-body":
		"points verticalprofile 38.9,-9.1 levelist |",
	"41-climate-dt-verticalprofile":
		"points verticalprofile 38.9,-9.1 levelist |",
	"42-meteoswiss-verticalprofile":
		"points verticalprofile 47.453928,8.565074 levelist |",
	"43-climate-dt-boundingbox":
		"area boundingbox 2 50.66..53.55 at 52: 2.76..7.86 |",
	"44-extremes-dt-boundingbox-axes":
		"area boundingbox 2 50.66..53.55 at 52: 2.76..7.86 |",
	"46-meteoswiss-boundingbox-lonlat":
		"area boundingbox 2 45.81..47.81 at 46: 5.8..10.5 |",
	"47-on-demand-boundingbox-lon360":
		"area boundingbox 2 52..53.55 at 53: 356..358 |",
	"48-od-polygon-small": "area polygon 3 -1..0 at -0.5: 0.5..1 |",
	"49-od-polygon-multi": "area polygon 8 -2..1 at -0.5: 0.5..1,1.5..2 |",
	"51-climate-dt-polygon-clmn": "area polygon 5 49..54.9 at 50: 14.1..24.1 |",
	"52-od-trajectory-round":
		"area trajectory 3 -0.2..0.2 at 0.05: 359.908579..360.186603 |",
	"53-od-trajectory-box": "area trajectory 3 -0.2..0.2 at 0: 359.7..360.3 |",
	"54-extremes-dt-trajectory-4d":
		"corridor trajectory 3 | levelist=0.9/to/100.1 step=54m/to/10h6m",
	"56-on-demand-trajectory-train":
		"area trajectory 8 52.468..57.489 at 55: 357.030629..357.051204 |",
	"57-meteoswiss-trajectory":
		"area trajectory 4 46.12..47.504 at 47.454: 8.427487..8.615 |",
	"58-path-legacy": "area trajectory 3 -1..3 at 1: 359.585786..362.414214 |",
	"59-od-circle": "area circle 1 -1..1 at 0: 49.78..51.78 |",
	"61-od-frame": "area frame 4 0..0.2 at 0.12: 0..0.1,0.15..0.2 |",
	"63-od-wkt": "area polygon 5 10..40 at 20: 10..33.333333 |",
};

const rows: Readonly<Record<string, number>> = {
	"43-climate-dt-boundingbox": 52,
	"44-extremes-dt-boundingbox-axes": 52,
	"46-meteoswiss-boundingbox-lonlat": 46,
	"47-on-demand-boundingbox-lon360": 53,
	"51-climate-dt-polygon-clmn": 50,
	"52-od-trajectory-round": 0.05,
	"53-od-trajectory-box": 0,
	"56-on-demand-trajectory-train": 55,
	"57-meteoswiss-trajectory": 47.454,
	"58-path-legacy": 1,
	"59-od-circle": 0,
	"61-od-frame": 0.12,
	"63-od-wkt": 20,
};

const round = (degrees: number): number => Number(degrees.toFixed(6));

const now = new Date("2026-11-20T23:30:00Z");

async function told(name: string): Promise<string> {
	const posted = REQUESTS.find((request) => request.name === name)?.request;
	const request = coerce(parseDocument(posted), {
		now,
		config: DEFAULT_COERCION,
	});
	const { feature: written, ...body } = request;
	if (
		written === undefined ||
		typeof written === "string" ||
		Array.isArray(written)
	)
		throw new Error("no feature");
	if (!isMapping(written)) throw new Error("no mapping");
	const { feature, keys, vertices } = await parseFeature(written, body);
	const added = Object.entries(keys).map(([key, value]) => ` ${key}=${value}`);
	const head = `${feature.kind} ${feature.type}`;
	if (feature.kind === "points") {
		const places = feature.points.map(
			({ latitude, longitude }) => `${latitude},${longitude}`,
		);
		return `${head} ${places.join(" ")} ${feature.along} |${added.join("")}`;
	}
	if (feature.kind !== "area") return `${head} ${vertices} |${added.join("")}`;
	const { south, north } = feature.area;
	const row = rows[name] ?? -0.5;
	const cut = feature.area.intervals(row).map(round);
	const pairs = cut.flatMap((west, at) =>
		at % 2 === 0 ? [`${west}..${cut[at + 1]}`] : [],
	);
	return `${head} ${vertices} ${round(south)}..${round(north)} at ${row}: ${pairs} |${added.join("")}`;
}

test("each of the 32 is here but the one that names a path", () => {
	const features = REQUESTS.map(({ name }) => name).filter(
		(name) => Number(name.slice(0, 2)) >= 24,
	);
	expect([...Object.keys(MEANT), "62-od-shapefile"].toSorted()).toEqual(
		features,
	);
	expect(features.length).toBe(32);
});

test("a path on the server is refused, with what to do", async () => {
	await expect(told("62-od-shapefile")).rejects.toThrow(
		/name of a shape that the server has, never a path.*NUTS_RG_01M_2021_4326.shp.*give shape as GeoJSON or WKT/,
	);
});

test.each(Object.entries(MEANT))("%s", async (name, meant) => {
	expect(await told(name)).toBe(meant);
});
