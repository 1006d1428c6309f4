import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { mustRun } from "../../test/kit/command.ts";
import { python } from "../../test/kit/python.ts";
import { extract } from "../extract.ts";

let folder = "";
beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), "there-and-back-"));
});
afterAll(() => rm(folder, { recursive: true }));

test("a box over Greenwich, cut out of NetCDF and written as NetCDF, is what xarray cuts out", async () => {
	const script = join(import.meta.dirname, "there-and-back.py");
	const interpreter = await python();
	await mustRun(interpreter, [script, "write", folder]);
	using found = await extract(
		{ zarr: join(folder, "source.nc") },
		{
			param: "t2m/wide",
			feature: {
				type: "boundingbox",
				points: [
					["60", "-10"],
					["40", "20"],
				],
			},
			format: "netcdf",
		},
	);
	const chunks = await Array.fromAsync(found.answer.stream());
	await writeFile(join(folder, "answer.nc"), Buffer.concat(chunks));
	const said = await mustRun(interpreter, [script, "compare", folder]);
	expect(JSON.parse(said)).toEqual({
		same: {
			time: true,
			latitude: true,
			longitude: true,
			t2m: true,
			wide: true,
		},
		sizes: { time: 3, latitude: 11, longitude: 16 },
		types: ["float32", "float64"],
	});
}, 300_000);
