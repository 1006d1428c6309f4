import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { mustRun } from "../../../test/kit/command.ts";
import { python } from "../../../test/kit/python.ts";
import { type FileSource, openFile } from "../../bytes/file.ts";
import { compareValues } from "./compare.ts";

interface Reference {
	readonly offset: number;
	readonly length: number;
	readonly packing: string;
	readonly values: number;
}

const beside = (name: string) => join(import.meta.dirname, name);
let folder = "";
let source: FileSource;
let truth = new Float64Array();
let messages: Reference[] = [];
let written: Readonly<Record<string, number>> = {};

beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), "values-"));
	const [file, values] = [join(folder, "grib"), join(folder, "values")];
	// The first use may have to install it.
	const interpreter = await python("eccodes");
	const counts = await mustRun(interpreter, [beside("generate.py"), file]);
	written = JSON.parse(counts);
	const lines = await mustRun(interpreter, [
		beside("../conformance.py"),
		file,
		values,
	]);
	messages = lines
		.trim()
		.split("\n")
		.map((line) => JSON.parse(line));
	truth = new Float64Array(new Uint8Array(await readFile(values)).buffer);
	source = openFile(file);
}, 300_000);
afterAll(async () => {
	source.close();
	await rm(folder, { recursive: true });
});

describe("every value is the double that ecCodes reckons", () => {
	test("ecCodes wrote what it can write", () => {
		for (const packing of [
			"grid_simple",
			"grid_ieee",
			"grid_ccsds",
			"grid_complex",
			"grid_complex_spatial_differencing",
			"grid_jpeg",
			"grid_png",
		])
			expect(written[packing], packing).toBeGreaterThanOrEqual(8);
		expect(written).toMatchObject({
			second_order: 130,
			second_order_2: 16,
			written: 16,
			run_length: 5,
			logarithms: 16,
			ieee_1: 4,
			dummy: 2,
			deep_image: 5,
		});
		expect(messages.length).toBeGreaterThan(600);
	});

	test("read whole and at random, learnt and cold", async () => {
		const wrong: string[] = [];
		let from = 0;
		for (const message of messages) {
			const end = from + message.values;
			const { unsupported, faults } = await compareValues(
				source,
				message,
				truth.subarray(from, end),
			);
			from = end;
			// The one gap that is known: images of more bits than OpenJPEG itself can take.
			if (unsupported?.startsWith("a JPEG 2000 image of 1 components of"))
				continue;
			for (const fault of unsupported ? [unsupported] : faults)
				wrong.push(`${message.packing} at ${message.offset}: ${fault}`);
		}
		expect(wrong).toEqual([]);
		expect(from).toBe(truth.length);
	});
});
