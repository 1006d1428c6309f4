import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openArchive } from "../../../../hypercube/archive/archive.ts";
import { tableOf } from "../../../../hypercube/archive/table.ts";
import type { Mapping } from "../../../../hypercube/mars/document.ts";
import {
	type Dimension,
	encodeHeader,
} from "../../../../hypercube/netcdf/classic/header.ts";
import { swapped } from "../../../../hypercube/netcdf/classic/numbers.ts";
import { copySample } from "../../../../test/kit/sample.ts";
import { until } from "../../../../test/kit/until.ts";
import type { Death } from "./lost.ts";
import type { Task } from "./protocol.ts";
import { Threads } from "./threads.ts";

const never = new AbortController().signal;
let folder: string;
let source: Task["source"];

beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), "threads-"));
	await copySample(join(folder, "sample"));
	const path = [join(folder, "sample/20250101-oper-fc.grib2")];
	const archive = await openArchive({ path, keep: false }, never);
	const parts = await archive.find({ param: ["2t"], step: ["0"] }, never, {
		allowPartial: true,
	});
	source = { kind: "archive", table: tableOf(parts), indexFolder: folder };
});
afterAll(() => rm(folder, { recursive: true }));

const taskOf = (feature: Mapping): Task => ({
	source,
	feature,
	body: {},
	format: undefined,
	profile: undefined,
	options: {
		profile: "polytope",
		compatible: false,
		maxVertices: Number.POSITIVE_INFINITY,
		shapes: undefined,
		limits: {},
		grids: undefined,
	},
});

const place = () => taskOf({ type: "position", points: [[1, 1]] });
const zigzag = (corners: number): Task =>
	taskOf({
		type: "trajectory",
		inflation: "500 km",
		points: Array.from({ length: corners }, (_, at) => [
			at % 2 ? 80 : -80,
			at / 300,
		]),
	});

/** Threads, one at most, and what they died of. */
function threadsOf(options: { heapMiB?: number; patienceMs?: number }) {
	const deaths: Death[] = [];
	const onDeath = (death: Death) => void deaths.push(death);
	return { deaths, threads: new Threads(1, { ...options, onDeath }) };
}

async function read(threads: Threads, task: Task): Promise<string> {
	const { stream } = await threads.start(task, never);
	return Buffer.concat(await Array.fromAsync(stream)).toString();
}

test("a thread whose memory is used up is followed by another; its tasks may be tried again", async () => {
	const { threads, deaths } = threadsOf({ heapMiB: 48 });
	await using _ = threads;
	const answer = await read(threads, place());
	const many = Array.from({ length: 500_000 }, (_, at) => [at % 90, at % 180]);
	const tooMuch = taskOf({ type: "position", points: many });
	const innocent = await threads.start(place(), never);
	await expect(threads.plan(tooMuch, never)).rejects.toMatchObject({
		message: expect.stringMatching(/not enough memory.*ask for less/),
		retryAfter: 0,
	});
	await expect(Array.fromAsync(innocent.stream)).rejects.toMatchObject({
		retryAfter: 0,
	});
	expect(deaths).toMatchObject([
		{ kind: "error", error: { code: "ERR_WORKER_OUT_OF_MEMORY" } },
	]);
	expect(await read(threads, place())).toBe(answer);
});

test("a thread that does not hear of a stop is ended, and another takes its place", async () => {
	const { threads, deaths } = threadsOf({ patienceMs: 1 });
	await using _ = threads;
	const answer = await read(threads, place());
	const stop = new AbortController();
	const long = threads.plan(zigzag(20_000), stop.signal);
	const beside = threads.plan(place(), never);
	stop.abort(new Error("revoked"));
	await expect(long).rejects.toThrow("revoked");
	await expect(beside).rejects.toMatchObject({ retryAfter: 0 });
	expect(deaths).toMatchObject([{ kind: "deaf" }]);
	expect(await read(threads, place())).toBe(answer);
});

test("a thread that stops in time lives on", async () => {
	const { threads, deaths } = threadsOf({});
	await using _ = threads;
	const stop = new AbortController();
	const globe = taskOf({
		type: "boundingbox",
		points: [
			[90, 0],
			[-90, 360],
		],
	});
	const { stream } = await threads.start(globe, stop.signal);
	stop.abort(new Error("revoked"));
	await expect(Array.fromAsync(stream)).rejects.toThrow("revoked");
	await read(threads, place());
	expect(deaths).toEqual([]);
});

test("a file of NetCDF 3 is read, and what it is now when it was written anew; one of another kind is told", async () => {
	const { threads } = threadsOf({});
	await using _ = threads;
	const location = join(folder, "small.nc");
	const task: Task = {
		...taskOf({ type: "position", points: [[1, 1]] }),
		format: "csv",
		source: {
			kind: "zarr",
			location,
			mapping: {},
			wishes: {},
			allowPartial: false,
		},
	};
	for (const value of [7, 8.5]) {
		await writeFile(location, smallFile(value));
		expect(await read(threads, task)).toBe(
			`latitude,longitude,level,time,step,number,reference,t [K]\r\n1,2,,2025-01-01T00:00:00Z,,,2025-01-01T00:00:00Z,${value}\r\n`,
		);
	}
	await writeFile(location, "no NetCDF");
	await expect(read(threads, task)).rejects.toThrow(
		"small.nc is no file of NetCDF",
	);
});

/** NetCDF 3 of one value. */
function smallFile(value: number): Buffer {
	const time = { name: "time", length: 1 };
	const lat = { name: "lat", length: 1 };
	const lon = { name: "lon", length: value === 7 ? 1 : 2 };
	const one = (name: string, along: readonly Dimension[], units: string) =>
		({
			name,
			type: "float64",
			dimensions: along,
			attributes: { units },
		}) as const;
	const { bytes } = encodeHeader({
		attributes: {},
		record: time,
		fixed: [
			one("lat", [lat], "degrees_north"),
			one("lon", [lon], "degrees_east"),
		],
		records: [
			one("time", [time], "hours since 2025-01-01"),
			one("t", [time, lat, lon], "K"),
		],
	});
	const values = lon.length === 1 ? [1, 2, 0, value] : [1, 2, 3, 0, value, 0];
	return Buffer.concat([bytes, swapped(Float64Array.from(values))]);
}

test("one thread is started before there is a task, and ended with the others", async () => {
	const { threads } = threadsOf({});
	threads.warm(0);
	threads.warm(0);
	expect(threads.count).toBe(0);
	await until("a thread", () => threads.count === 1);
	await threads[Symbol.asyncDispose]();
	expect(threads.count).toBe(0);
});
