import { mkdtemp, readFile, rm, stat, truncate } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openZarr } from "../../../hypercube/zarr/zarr.ts";
import { mustRun } from "../../../test/kit/command.ts";
import { python } from "../../../test/kit/python.ts";
import { sampleZarrMapping, writeSampleZarr } from "./zarr.ts";

let parent = "";
let folder = "";
beforeAll(async () => {
	parent = await mkdtemp(join(tmpdir(), "sample-zarr-"));
	folder = join(parent, "sample.zarr");
	await writeSampleZarr(folder);
});
afterAll(() => rm(parent, { recursive: true }));

const open = () =>
	openZarr(
		{ location: folder, mapping: sampleZarrMapping },
		new AbortController().signal,
	);

test("a hypercube of two forecasts", async () => {
	const zarr = await open();
	expect(zarr.faults()).toEqual([]);
	expect(zarr.axes()).toEqual({
		class: ["od"],
		date: ["20250101", "20250102"],
		expver: ["0001"],
		levelist: ["250", "500", "850", "1000"],
		levtype: ["pl", "sfc"],
		param: ["130", "151", "167"],
		step: [
			"0",
			"6",
			"12",
			"18",
			"24",
			"30",
			"36",
			"42",
			"48",
			"54",
			"60",
			"66",
			"72",
		],
		stream: ["oper"],
		time: ["0000"],
		type: ["fc"],
	});
	expect(zarr.select({})).toHaveLength(2 * 13 * (2 + 4));
});

test("the same bytes each time; a second call touches nothing, a damaged one is made anew", async () => {
	const path = join(folder, "t/c/1/0/3/2/2");
	const [before, bytes] = [await stat(path), await readFile(path)];
	await writeSampleZarr(folder);
	expect((await stat(path)).ino).toBe(before.ino);
	await truncate(path, 10);
	await writeSampleZarr(folder);
	expect(bytes.equals(await readFile(path))).toBe(true);
});

test("xarray reads the same values, times, steps and levels", async () => {
	const script = `
import json, sys, xarray
data = xarray.open_zarr(sys.argv[1], chunks=None)
field = data["t"].sel(time="2025-01-02", step="18h", level=500).squeeze()
print(json.dumps({
    "time": str(data["time"].values[1]), "dims": list(data["t"].dims),
    "values": field.values.ravel().tolist(),
    "surface": [float(data[name].min()) for name in ("t2m", "msl")],
}))`;
	const printed = await mustRun(await python(), ["-c", script, folder]);
	const theirs: unknown = JSON.parse(printed);
	const [field] = (await open()).select({
		param: ["t"],
		date: ["20250102"],
		step: ["18"],
		levelist: ["500"],
	});
	const values = new Float64Array(73 * 144);
	await field?.read(Uint32Array.of(0, values.length), values);
	expect(theirs).toMatchObject({
		time: expect.stringContaining("2025-01-02T00:00"),
		dims: ["time", "step", "level", "latitude", "longitude"],
		values: [...values],
		surface: [expect.closeTo(240, -2), expect.closeTo(97_000, -4)],
	});
	expect(Math.min(...values)).toBeGreaterThan(200);
	expect(Math.max(...values)).toBeLessThan(280);
}, 300_000);

test("an aborted call leaves nothing behind", async () => {
	const other = join(parent, "other.zarr");
	const aborted = AbortSignal.abort(new Error("enough"));
	await expect(writeSampleZarr(other, aborted)).rejects.toThrow("enough");
	await expect(stat(other)).rejects.toThrow("ENOENT");
});
