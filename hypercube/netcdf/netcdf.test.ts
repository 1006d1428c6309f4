import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { mustRun } from "../../test/kit/command.ts";
import { python } from "../../test/kit/python.ts";
import { openNetcdf } from "./netcdf.ts";

const signal = new AbortController().signal;
let folder = "";
let variables: Readonly<Record<string, readonly number[]>> = {};

beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), "netcdf-"));
	const script = join(import.meta.dirname, "files.py");
	const printed = await mustRun(await python(), [script, folder]);
	variables = z
		.record(z.string(), z.array(z.number()))
		.parse(JSON.parse(printed));
}, 300_000);
afterAll(() => rm(folder, { recursive: true }));

test("values are those that xarray reads, of every type and order of octets, packed and not", async () => {
	const path = join(folder, "many.nc");
	const cube = await openNetcdf({ location: path }, signal);
	expect(cube.faults()).toEqual([
		{ variable: "text", reason: expect.stringContaining("class") },
	]);
	expect(Object.keys(variables)).toHaveLength(26);
	expect(cube.axes()).toMatchObject({
		date: ["20250101"],
		time: ["0000", "0100", "0200", "0300", "0400"],
		levelist: ["500", "850"],
	});
	const wrong: string[] = [];
	for (const name of Object.keys(variables)) {
		const bytes = await readFile(`${path}.${name}.f8`);
		const theirs = new Float64Array(new Uint8Array(bytes).buffer);
		const fields = cube.select({ param: [name] });
		expect(fields.length * 19 * 36, name).toBe(theirs.length);
		for (const [place, field] of fields.entries()) {
			const out = new Float64Array(19 * 36);
			await field.read(Uint32Array.of(0, out.length), out);
			const same = out.every((value, at) =>
				Object.is(value, theirs[place * out.length + at]),
			);
			if (!same) wrong.push(`${name} ${place}`);
		}
	}
	expect(wrong).toEqual([]);
});

test("files of other kinds are told by their kind", async () => {
	await writeFile(join(folder, "text"), "no file of NetCDF");
	await expect(
		openNetcdf({ location: join(folder, "text") }, signal),
	).rejects.toThrow("is no file of NetCDF");
	await expect(
		openNetcdf({ location: join(folder, "none") }, signal),
	).rejects.toThrow("ENOENT");
});
