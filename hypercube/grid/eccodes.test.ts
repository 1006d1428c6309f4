import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { mustRun } from "../../test/kit/command.ts";
import { python } from "../../test/kit/python.ts";
import { openGrid } from "./open.ts";
import { cases, type OracleCase } from "./oraclecases.ts";

/** What ecCodes says of the points of each case's message. */
interface Told {
	readonly edition: 1 | 2;
	readonly octets: string;
	readonly kind: string;
	readonly count: number;
	readonly near: readonly number[];
	readonly error?: string;
	latitudes: Float64Array;
	longitudes: Float64Array;
}

let folder = "";
let told: readonly Told[] = [];

beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), "grids-"));
	const paths = ["cases", "told", "points"].map((name) => join(folder, name));
	const [input = "", output = "", points = ""] = paths;
	await writeFile(input, JSON.stringify(cases));
	const script = fileURLToPath(new URL("./oracle.py", import.meta.url));
	// All messages in one go: Python with ecCodes takes seconds to start.
	await mustRun(await python("eccodes"), [script, input, output, points]);
	const doubles = new Float64Array((await readFile(points)).buffer.slice(0));
	let at = 0;
	told = (await readFile(output, "utf8"))
		.trim()
		.split("\n")
		.map((line) => {
			const one: Told = JSON.parse(line);
			one.latitudes = doubles.subarray(at, at + one.count);
			one.longitudes = doubles.subarray(at + one.count, at + 2 * one.count);
			at += 2 * one.count;
			return one;
		});
}, 300_000);
afterAll(() => rm(folder, { recursive: true }));

describe("points are where ecCodes has them", () => {
	test.each(cases.map((one, n) => [one.name, one, n] as const))(
		"%s",
		(_, one, n) => {
			const want = told[n];
			if (want === undefined) throw new Error("ecCodes told nothing");
			expect(want.error).toBeUndefined();
			compare(one, want);
		},
	);
});

function compare(one: OracleCase, want: Told): void {
	const grid = openGrid({
		edition: want.edition,
		octets: Buffer.from(want.octets, "hex"),
		values: want.count,
	});
	expect([grid.kind, grid.size]).toEqual([want.kind, want.count]);
	const all = grid.coordinates(Uint32Array.of(0, grid.size));
	let worst = 0;
	for (let index = 0; index < grid.size; index++) {
		const other = one.index?.(index) ?? index;
		const north =
			(all.latitudes[index] ?? Number.NaN) - (want.latitudes[other] ?? 0);
		const east =
			(all.longitudes[index] ?? Number.NaN) - (want.longitudes[other] ?? 0);
		const off = Math.max(
			Math.abs(north),
			Math.abs(east - 360 * Math.round(east / 360)),
		);
		if (!(off <= worst)) worst = off;
	}
	expect(worst).toBeLessThan(1e-9);
	const near = (one.near ?? []).map(
		([latitude, longitude]) => grid.nearest(latitude, longitude)[0]?.index,
	);
	expect(near).toEqual(want.near);
}
