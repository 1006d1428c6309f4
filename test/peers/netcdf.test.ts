import { writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { extract } from "../../hypercube/extract.ts";
import { run } from "../kit/command.ts";
import { copySample } from "../kit/sample.ts";
import { type TemporaryFolder, temporaryFolder } from "../kit/temporary.ts";
import { tool } from "../kit/tools.ts";

/** The checker of the CF conventions that the Integrated Ocean Observing System keeps. */
const checker = () =>
	tool({
		name: "compliance-checker",
		version: "6.1.0",
		recipes: [{ by: "pip", package: "compliance-checker==6.1.0" }],
	});

let folder: TemporaryFolder;
beforeAll(async () => {
	folder = await temporaryFolder("cf");
	await copySample(join(folder.path, "sample"));
});
afterAll(() => folder[Symbol.asyncDispose]());

const surface = {
	class: "od",
	stream: "oper",
	type: "fc",
	date: "20250101",
	time: "0000",
	levtype: "sfc",
	param: "2t/msl",
};
const levels = { ...surface, levtype: "pl", param: "t/u", step: "12" };
const points = [
	["48.85", "2.35"],
	["-33.9", "18.4"],
];
const corners = [
	["60", "-10"],
	["40", "20"],
];
const requests = {
	timeseries: {
		...surface,
		step: "0/to/24/by/6",
		feature: { type: "timeseries", points, time_axis: "step" },
	},
	verticalprofile: {
		...levels,
		levelist: "all",
		feature: { type: "verticalprofile", points },
	},
	boundingbox: {
		...levels,
		step: "0/12",
		levelist: "500/850",
		feature: { type: "boundingbox", points: corners },
	},
	trajectory: {
		...surface,
		step: "0",
		feature: { type: "trajectory", points: corners, inflation: "2" },
	},
};

/** What the checker finds: errors, and what it would like. */
const report = z.record(
	z.string(),
	z.object({
		high_count: z.number(),
		medium_priorities: z.array(z.object({ msgs: z.array(z.string()) })),
	}),
);

async function checked(path: string) {
	const program = await checker();
	const args = ["-t", "cf:1.11", "-c", "normal", "-f", "json", "-o", "-", path];
	const { stdout } = await run(program, args, {
		env: { PYTHONPATH: join(dirname(program), "..") },
	});
	const found = report.parse(JSON.parse(stdout.slice(stdout.indexOf("{"))));
	const one = found["cf:1.11"];
	return {
		errors: one?.high_count,
		wishes: one?.medium_priorities.flatMap(({ msgs }) => msgs) ?? [],
	};
}

/**
 * Short names of ECMWF may begin with a digit; whether a temperature is a difference nobody says; a dimension of cells is
 * one of space, though the checker does not know it.
 */
const known =
	/^variable 2t should begin|units_metadata|not in the recommended order.*point/;

test.each(Object.entries(requests))(
	"a %s as NetCDF keeps to the CF conventions",
	async (name, request) => {
		using found = await extract(
			{ grib: [join(folder.path, "sample")] },
			{ ...request, format: "netcdf" },
		);
		const chunks = await Array.fromAsync(found.answer.stream());
		const path = join(folder.path, `${name}.nc`);
		await writeFile(path, Buffer.concat(chunks));
		const { errors, wishes } = await checked(path);
		expect(errors).toBe(0);
		expect(wishes.filter((wish) => !known.test(wish))).toEqual([]);
	},
);

test("an error would be seen", async () => {
	const bytes = await Array.fromAsync(
		await extract(
			{ grib: [join(folder.path, "sample")] },
			{ ...requests.timeseries, format: "netcdf" },
		).then(({ answer }) => answer.stream()),
	);
	const wrong = Buffer.concat(bytes)
		.toString("latin1")
		.replace("air_temperature", "hot_temperature");
	const path = join(folder.path, "wrong.nc");
	await writeFile(path, wrong, "latin1");
	expect((await checked(path)).errors).toBeGreaterThan(0);
});
