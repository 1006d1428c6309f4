import { once } from "node:events";
import { mkdtemp, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { mustRun } from "../../../test/kit/command.ts";
import { python } from "../../../test/kit/python.ts";
import { inMemory } from "../../bytes/memory.ts";
import { ChunkCache } from "../../zarr/cache.ts";
import type { CfCube } from "../../zarr/cube.ts";
import { openNetcdf } from "../netcdf.ts";
import { classicGroup } from "./group.ts";
import { type Dimension, encodeHeader } from "./header.ts";
import { swapped } from "./numbers.ts";

const signal = new AbortController().signal;
const points = 19 * 36;
let folder = "";
let files: Readonly<Record<string, readonly string[]>> = {};

beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), "classic-"));
	const script = join(import.meta.dirname, "files.py");
	const printed = await mustRun(await python(), [script, folder]);
	files = z.record(z.string(), z.array(z.string())).parse(JSON.parse(printed));
}, 300_000);
afterAll(() => rm(folder, { recursive: true }));

/** Variables of a file with a value that is another than xarray's, and how many values were compared. */
async function compared(file: string, cube: CfCube) {
	const wrong: string[] = [];
	let values = 0;
	for (const name of files[file] ?? []) {
		const bytes = await readFile(join(folder, `${file}.${name}.f8`));
		const theirs = new Float64Array(new Uint8Array(bytes).buffer);
		const fields = cube.select({ param: [name] });
		expect(fields.length * points, name).toBe(theirs.length);
		for (const [place, field] of fields.entries()) {
			const out = new Float64Array(points);
			await field.read(Uint32Array.of(0, points), out);
			values += points;
			if (
				!out.every((value, at) => Object.is(value, theirs[place * points + at]))
			)
				wrong.push(`${name} ${place}`);
		}
	}
	return { wrong, values };
}

test.each([
	["cdf1.nc", 9 * 10 + 2],
	["cdf1-fixed.nc", 9 * 10 + 2],
	["cdf2.nc", 9 * 10 + 2],
	["cdf5.nc", 14 * 10 + 2],
	["cdf5-fixed.nc", 6 * 10 + 2],
	["scipy1.nc", 5 * 10],
	["scipy2.nc", 2 * 10],
])(
	"values of %s are those that xarray reads, to the bit",
	async (file, fields) => {
		const cube = await openNetcdf({ location: join(folder, file) }, signal);
		expect(await compared(file, cube)).toEqual({
			wrong: [],
			values: fields * points,
		});
		expect(cube.axes()).toMatchObject({
			date: ["20250101"],
			time: ["0000", "0100", "0200", "0300", "0400"],
			levelist: ["500", "850"],
		});
		const text = { variable: "text", reason: "holds text" };
		expect(cube.faults()).toEqual(file.startsWith("cdf") ? [text] : []);
	},
);

test("records of a variable that is alone have no gaps", async () => {
	const bytes = await readFile(join(folder, "odd.nc"));
	const opened = { source: inMemory(bytes), id: "odd" };
	const { variables } = await classicGroup(opened, new ChunkCache(), signal);
	const v = variables.get("v");
	const all: number[] = [];
	for (let at = 0; all.length < 15; at += 1)
		all.push(...Array.from((await v?.chunk([at, 0]))?.data ?? [], Number));
	expect(all).toEqual(files["odd.nc"]?.map(Number));
});

test.each([
	["far from each other", 5000, 4],
	["near each other", 10, 2],
])(
	"small values of records that lie %s are read together",
	async (_, wide, chunks) => {
		const record = { name: "record", length: 200 };
		const others = { name: "others", length: wide };
		const of = (name: string, ...dimensions: readonly Dimension[]) =>
			({ name, type: "float64", dimensions, attributes: {} }) as const;
		const { bytes } = encodeHeader({
			attributes: {},
			record,
			fixed: [],
			records: [of("small", record), of("large", record, others)],
		});
		const records = Array.from({ length: 200 }, (_, at) =>
			swapped(new Float64Array(1 + wide).fill(at)),
		);
		const opened = {
			source: inMemory(Buffer.concat([bytes, ...records])),
			id: "records",
		};
		const { variables } = await classicGroup(opened, new ChunkCache(), signal);
		for (const name of ["small", "large"]) {
			const own = variables.get(name);
			const all: number[] = [];
			for (let at = 0; at * (own?.meta.chunks[0] ?? 1) < 200; at += 1) {
				const chunk = await own?.chunk(name === "small" ? [at] : [at, 0]);
				const { stride: [stride = 1] = [], data = [] } = chunk ?? {};
				for (let n = 0; n < data.length; n += stride) all.push(Number(data[n]));
			}
			expect(all, name).toEqual(Array.from({ length: 200 }, (_, at) => at));
		}
		expect(Math.ceil(200 / (variables.get("small")?.meta.chunks[0] ?? 1))).toBe(
			chunks,
		);
	},
);

test("where the number of records was never written, there are as many as the file holds", async () => {
	const bytes = await readFile(join(folder, "cdf2.nc"));
	bytes.fill(0xff, 4, 8);
	const location = join(folder, "streamed.nc");
	await writeFile(location, bytes);
	const cube = await openNetcdf({ location }, signal);
	expect((await compared("cdf2.nc", cube)).wrong).toEqual([]);
});

test("values are said to be of single precision where they are", async () => {
	const cube = await openNetcdf({ location: join(folder, "cdf5.nc") }, signal);
	const single = (files["cdf5.nc"] ?? []).filter(
		(name) => cube.select({ param: [name] })[0]?.single,
	);
	expect(single).toEqual([
		"v_i1",
		"v_i2",
		"v_f4",
		"v_u1",
		"v_u2",
		"still",
		"single",
		"scaled",
	]);
});

test("one value of a file takes a few kilobytes, whole fields few reads", async () => {
	const location = join(folder, "cdf2.nc");
	const cube = await openNetcdf({ location }, signal);
	const fields = cube.select({ param: ["v_f8"] });
	for (const field of fields)
		expect(field.cost(Uint32Array.of(400, 401)).bytes).toBeLessThanOrEqual(
			16 * 1024,
		);
});

test("a file behind HTTP is read by ranges, NetCDF 4 refused", async () => {
	const asked: number[] = [];
	const server = createServer(async (request, response) => {
		const name = new URL(request.url ?? "", "http://here").pathname;
		const bytes = await readFile(join(folder, name));
		const [, from, to] =
			/bytes=(\d+)-(\d+)/.exec(request.headers.range ?? "") ?? [];
		const end = Math.min(Number(to) + 1, bytes.length);
		asked.push(end - Number(from));
		response.writeHead(206, {
			"content-range": `bytes ${from}-${end - 1}/${bytes.length}`,
		});
		response.end(bytes.subarray(Number(from), end));
	});
	server.listen(0, "127.0.0.1");
	await once(server, "listening");
	const address = server.address();
	if (address === null || typeof address === "string")
		throw new Error("no port");
	const root = `http://127.0.0.1:${address.port}`;
	try {
		const location = `${root}/cdf2.nc?token=secret`;
		const cube = await openNetcdf({ location }, signal);
		expect(await compared("cdf2.nc", cube)).toMatchObject({ wrong: [] });
		// Fields lie within each other's reads here, but each value is asked for once.
		expect(Math.max(...asked)).toBeLessThanOrEqual(512 * 1024);
		expect(asked.length).toBeLessThan(60);
		await writeFile(
			join(folder, "four.nc"),
			"\x89HDF\r\n\x1a\n and so on",
			"latin1",
		);
		await expect(
			openNetcdf({ location: `${root}/four.nc?token=secret` }, signal),
		).rejects.toThrow(
			/^http:[^?]*four.nc is NetCDF 4, which is read on this machine only/,
		);
	} finally {
		server.closeAllConnections();
		server.close();
	}
});

test("a file that was cut after it was opened has changed", async () => {
	const location = join(folder, "cut.nc");
	await writeFile(location, await readFile(join(folder, "cdf1.nc")));
	const cube = await openNetcdf({ location }, signal);
	const [field] = cube.select({ param: ["v_f8"] });
	await truncate(location, 10_000);
	await expect(
		(async () => field?.read(Uint32Array.of(0, 1), new Float64Array(1)))(),
	).rejects.toThrow("cut.nc, has changed");
	const again = await openNetcdf({ location }, signal);
	expect(again.faults()).toContainEqual({
		variable: "v_f8",
		reason: expect.stringMatching(/^ends at octet \d+, and the file at 10000$/),
	});
});
