import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { copySample } from "../../test/kit/sample.ts";
import {
	type TemporaryFolder,
	temporaryFolder,
} from "../../test/kit/temporary.ts";
import { extract } from "../extract.ts";

let folder: TemporaryFolder;
beforeAll(async () => {
	folder = await temporaryFolder("most");
	await copySample(join(folder.path, "sample"));
});
afterAll(() => folder[Symbol.asyncDispose]());

const run = { class: "od", stream: "oper", type: "fc", date: "20250101" };
const points = [
	["48.85", "2.35"],
	["-33.9", "18.4"],
];
const requests = {
	series: {
		...run,
		levtype: "sfc",
		step: "0/to/24/by/6",
		feature: { type: "timeseries", points, time_axis: "step" },
	},
	// Few of the parameters are on both kinds of levels.
	position: {
		...run,
		levtype: "sfc/pl",
		step: "0",
		feature: { type: "position", points },
	},
	profile: {
		...run,
		levtype: "pl",
		step: "12",
		levelist: "all",
		feature: { type: "verticalprofile", points },
	},
	box: {
		...run,
		levtype: "sfc",
		step: "0/6",
		feature: {
			type: "boundingbox",
			points: [
				["60", "-10"],
				["40", "20"],
			],
		},
	},
};

test.each(Object.entries(requests))(
	"an answer (%s) is no longer in any format than was told",
	async (_, request) => {
		for (const format of ["covjson", "csv", "geojson", "netcdf"]) {
			using found = await extract(
				{ grib: [join(folder.path, "sample")] },
				{ ...request, format },
				{ allowPartial: true },
			);
			const { answer } = found;
			const chunks = await Array.fromAsync(answer.stream());
			const bytes = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
			expect(bytes).toBeGreaterThan(500);
			expect(answer.most, format).toBeGreaterThanOrEqual(bytes);
			expect(answer.exact).toBe(format === "netcdf");
			if (answer.exact) expect(answer.most).toBe(bytes);
		}
	},
);
