import { expect, test } from "vitest";
import type { GribRequest, Span } from "../archive/axes.ts";
import { canonical, comparatorOf } from "../archive/canonical.ts";
import { Catalogue } from "../archive/catalogue.ts";
import { IndexBuilder, paramColumn } from "../archive/columns.ts";
import { select } from "../archive/select.ts";
import { keysAt, tableOf } from "../archive/table.ts";
import { wishesOf } from "../archive/wishes.ts";
import { inMemory } from "../bytes/memory.ts";
import { parameterOf } from "../coverage/parameter.ts";
import { askedOf } from "../feature/asked.ts";
import { parseFeature } from "../feature/parse.ts";
import { gridOctets, layoutOf } from "../grib/values/layout.ts";
import { writeMessage } from "../grib/write/message.ts";
import { parameterCodings } from "../grib/write/parameter.ts";
import type { Grid } from "../grid/grid.ts";
import { octahedralGrid } from "../grid/octahedral.ts";
import { openGrid } from "../grid/open.ts";
import { coerce, DEFAULT_COERCION } from "../mars/coerce.ts";
import { type Mapping, parseDocument } from "../mars/document.ts";
import { isMapping } from "../mars/feature.ts";
import REQUESTS from "../mars/fixtures/real-requests.json" with {
	type: "json",
};
import { planExtraction } from "./extract.ts";
import type { Field } from "./field.ts";

/** Steps of ECMWF's ensemble: hourly to 90, three-hourly to 144, six-hourly to 360. */
const STEPS = [
	...Array.from({ length: 91 }, (_, i) => i),
	...Array.from({ length: 18 }, (_, i) => 93 + 3 * i),
	...Array.from({ length: 36 }, (_, i) => 150 + 6 * i),
];
const LEVELS = [
	1, 2, 3, 5, 7, 10, 20, 30, 50, 70, 100, 150, 200, 250, 300, 400, 500, 600,
	700, 800, 850, 900, 925, 950, 1000,
];

/** What an archive has of keys that requests give as intervals. */
const THERE: Readonly<Record<string, readonly string[]>> = {
	step: STEPS.map(String),
	levelist: LEVELS.map(String),
	number: Array.from({ length: 50 }, (_, i) => String(i + 1)),
	time: Array.from({ length: 24 }, (_, i) => `${String(i).padStart(2, "0")}00`),
	date: Array.from({ length: 372 }, (_, i) =>
		new Date(Date.UTC(2039, 11, 30 + i))
			.toISOString()
			.slice(0, 10)
			.replaceAll("-", ""),
	),
};

/** Fields, points of one, values and coverages that the author of each request expects of such an archive on O1280. */
const EXPECTED: Readonly<Record<string, string>> = {
	"24-od-timeseries-range":
		"21750 fields, 1 points, 21750 values, 50 coverages",
	"26-od-timeseries-step-in-body":
		"21750 fields, 1 points, 21750 values, 50 coverages",
	"27-earthkit-timeseries-ints-and-lists":
		"21750 fields, 1 points, 21750 values, 50 coverages",
	"28-climate-dt-timeseries-year":
		"8808 fields, 1 points, 8808 values, 1 coverages",
	"29-climate-dt-timeseries-clmn":
		"12 fields, 1 points, 12 values, 1 coverages",
	"31-extremes-dt-timeseries": "22 fields, 1 points, 22 values, 1 coverages",
	"32-extremes-dt-wave-timeseries":
		"21 fields, 1 points, 21 values, 1 coverages",
	"33-on-demand-timeseries-subhourly":
		"2 fields, 1 points, 2 values, 1 coverages",
	"34-meteoswiss-ch2-timeseries":
		"101 fields, 1 points, 101 values, 1 coverages",
	"36-aifs-timeseries-two-points":
		"435 fields, 2 points, 870 values, 2 coverages",
	"37-polytope-mars-legacy-axis-key":
		"33 fields, 1 points, 33 values, 1 coverages",
	"38-od-verticalprofile-range": "50 fields, 1 points, 50 values, 1 coverages",
	"39-od-verticalprofile-levelist-in-body":
		"50 fields, 1 points, 50 values, 1 coverages",
	"41-climate-dt-verticalprofile":
		"25 fields, 1 points, 25 values, 1 coverages",
	"42-meteoswiss-verticalprofile":
		"16 fields, 1 points, 16 values, 1 coverages",
	"43-climate-dt-boundingbox":
		"2 fields, 1258 points, 2516 values, 1 coverages",
	"44-extremes-dt-boundingbox-axes":
		"1 fields, 1258 points, 1258 values, 1 coverages",
	"46-meteoswiss-boundingbox-lonlat":
		"1 fields, 903 points, 903 values, 1 coverages",
	"47-on-demand-boundingbox-lon360":
		"1 fields, 265 points, 265 values, 1 coverages",
	"48-od-polygon-small": "3 fields, 105 points, 315 values, 1 coverages",
	"49-od-polygon-multi": "3 fields, 405 points, 1215 values, 1 coverages",
	"51-climate-dt-polygon-clmn":
		"1 fields, 5092 points, 5092 values, 1 coverages",
	"52-od-trajectory-round": "3 fields, 18 points, 54 values, 1 coverages",
	"53-od-trajectory-box": "3 fields, 42 points, 126 values, 1 coverages",
	"54-extremes-dt-trajectory-4d": "4 fields, 12 points, 39 values, 1 coverages",
	"56-on-demand-trajectory-train": "1 fields, 8 points, 8 values, 1 coverages",
	"57-meteoswiss-trajectory": "1 fields, 63 points, 63 values, 1 coverages",
	"58-path-legacy": "2 fields, 1761 points, 3522 values, 1 coverages",
	"59-od-circle": "2 fields, 636 points, 1272 values, 1 coverages",
	"61-od-frame": "2 fields, 8 points, 16 values, 1 coverages",
	"63-od-wkt": "2 fields, 78301 points, 156602 values, 1 coverages",
};

const now = new Date("2026-11-20T23:30:00Z");

async function planned(posted: unknown): Promise<string> {
	const request = coerce(parseDocument(posted), {
		now,
		config: DEFAULT_COERCION,
	});
	const joined: Record<string, string | Mapping> = {};
	for (const [key, value] of Object.entries(request))
		joined[key] =
			typeof value === "string" || isMapping(value) ? value : value.join("/");
	const { feature, keys } = askedOf(joined);
	const compiled = await parseFeature(feature, keys);
	const wishes = wishesOf({ ...keys, ...compiled.keys });
	const fields = archiveOf(wishes);
	const plan = await planExtraction(
		fields,
		compiled.feature,
		parameters(),
		() => {},
	);
	const { points, values, coverages } = plan;
	return `${plan.fields} fields, ${points} points, ${values} values, ${coverages} coverages`;
}

/** The fields that a request chooses of an archive that has all it names, and more. */
function archiveOf(wishes: GribRequest): Field[] {
	const builder = new IndexBuilder();
	let offset = 0;
	for (const keys of combinations(wishes)) {
		const param = keys.param ?? "";
		builder.add(
			{ offset, length: 1 },
			{ ...keys, [paramColumn]: `${canonical("param", param)}::${param}` },
			undefined,
		);
		offset += 1;
	}
	const index = builder.done();
	const file = { path: "a", size: 1, mtimeMs: 1, sequence: 1, index };
	const parts = select([file], new Catalogue([index]), wishes);
	const table = tableOf(parts);
	return parts.map((_, place) => ({
		keys: keysAt(table, place),
		grid: () => GRID,
		cost: () => ({ bytes: 0, cold: 0 }),
		read: () => {
			throw new Error("nothing is read");
		},
	}));
}

function combinations(wishes: GribRequest): Record<string, string>[] {
	let rows: Record<string, string>[] = [{}];
	for (const [key, wish] of Object.entries(wishes)) {
		const values = "length" in wish ? wish : within(key, wish);
		rows = rows.flatMap((row) =>
			values.map((value) => ({ ...row, [key]: value })),
		);
	}
	return rows;
}

/** All that the archive has, also beyond the interval: the request must leave that out. */
function within(
	key: string,
	{ from = "", until = "" }: Span,
): readonly string[] {
	const compare = comparatorOf(key);
	const there = THERE[key] ?? [];
	const near = there.filter(
		(value) => compare(from, value) <= 0 && compare(value, until) <= 0,
	);
	const beyond = there.find((value) => compare(until, value) < 0);
	return beyond === undefined ? near : [...near, beyond];
}

function parameters() {
	const known = new Map<string, ReturnType<typeof parameterOf>>();
	return (field: Field) => {
		const param = field.keys.param ?? "";
		const found = known.get(param) ?? parameterOf(field);
		known.set(param, found);
		return found;
	};
}

const GRID = gridO1280();

function gridO1280(): Grid {
	const grid = octahedralGrid(1280);
	const message = writeMessage({
		class: "od",
		stream: "oper",
		type: "fc",
		expver: "0001",
		date: "20250101",
		time: "0000",
		step: 0,
		parameter: parameterCodings["2t"],
		grid,
		values: new Float64Array(grid.size),
	});
	const source = inMemory(message);
	const layout = layoutOf(source, 0, message.length);
	if (layout instanceof Promise) throw new Error("not at once");
	const octets = gridOctets(source, layout);
	if (octets instanceof Promise) throw new Error("not at once");
	return openGrid({ edition: 2, octets });
}

// The one that names a path on the server is refused: see feature/real-requests.test.ts.
const FEATURES = REQUESTS.filter(
	({ name }) => Number(name.slice(0, 2)) >= 24 && !name.startsWith("62"),
);

test.each(FEATURES)("$name", async ({ name, request }) => {
	expect(await planned(request)).toBe(EXPECTED[name]);
});
