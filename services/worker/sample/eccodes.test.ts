import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Field } from "../../../hypercube/grib/write/field.ts";
import { writeMessage } from "../../../hypercube/grib/write/message.ts";
import { parameterCodings } from "../../../hypercube/grib/write/parameter.ts";
import { octahedralGrid } from "../../../hypercube/grid/octahedral.ts";
import { mustRun } from "../../../test/kit/command.ts";
import { python } from "../../../test/kit/python.ts";
import { makeSample } from "./make.ts";

/** Prints what ecCodes reads of each message, one JSON object a line. */
const script = `
import eccodes, json, sys
for path in sys.argv[2:]:
    with open(path, "rb") as file:
        while (message := eccodes.codes_grib_new_from_file(file)) is not None:
            keys, at = {}, eccodes.codes_keys_iterator_new(message, "mars")
            while eccodes.codes_keys_iterator_next(at):
                name = eccodes.codes_keys_iterator_get_name(at)
                keys[name] = eccodes.codes_get(message, name, str)
            values = eccodes.codes_get_values(message)
            print(json.dumps({
                "keys": keys,
                "shortName": eccodes.codes_get(message, "shortName"),
                "grid": eccodes.codes_get(message, "gridName"),
                "packingError": eccodes.codes_get(message, "packingError"),
                "latitudes": eccodes.codes_get_array(message, "distinctLatitudes").tolist(),
                "count": len(values), "min": float(values.min()), "max": float(values.max()),
                "values": values.tolist() if sys.argv[1] == "values" else [],
            }))
            eccodes.codes_release(message)
`;

interface Reading {
	readonly keys: Readonly<Record<string, string>>;
	readonly shortName: string;
	readonly grid: string;
	readonly packingError: number;
	readonly latitudes: readonly number[];
	readonly count: number;
	readonly min: number;
	readonly max: number;
	readonly values: readonly number[];
}

let folder = "";
beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), "eccodes-"));
	// The first use may have to install it.
	await python("eccodes");
}, 300_000);
afterAll(() => rm(folder, { recursive: true }));

async function read(
	mode: "values" | "keys",
	...names: string[]
): Promise<Reading[]> {
	const paths = names.map((name) => join(folder, name));
	const text = await mustRun(await python("eccodes"), [
		"-c",
		script,
		mode,
		...paths,
	]);
	return text
		.trim()
		.split("\n")
		.map((line): Reading => JSON.parse(line));
}

describe("ecCodes reads what we write", () => {
	const grid = octahedralGrid(8);
	const values = Float64Array.from(
		{ length: grid.size },
		(_, i) => 280 + 20 * Math.sin(i / 7),
	);
	const field: Field = {
		class: "od",
		stream: "oper",
		type: "fc",
		expver: "0001",
		date: "20241231",
		time: "1800",
		step: 30,
		parameter: parameterCodings["2t"],
		grid,
		values,
	};
	const member = {
		stream: "enfo",
		type: "pf",
		member: { number: 17, total: 50 },
	} as const;
	const onLevel = { parameter: parameterCodings.z, level: 500 };
	const rain = { parameter: parameterCodings.tp };
	const common = {
		class: "od",
		expver: "0001",
		domain: "g",
		date: "20241231",
		time: "1800",
		step: "30",
	};
	const oper = { ...common, stream: "oper", type: "fc" };
	const pf = { ...common, stream: "enfo", type: "pf", number: "17" };

	const KEYS: readonly [string, Partial<Field>, Record<string, string>][] = [
		[
			"an instant at the surface",
			{},
			{ ...oper, levtype: "sfc", param: "167" },
		],
		[
			"an instant on a level",
			onLevel,
			{ ...oper, levtype: "pl", levelist: "500", param: "129" },
		],
		["an accumulation", rain, { ...oper, levtype: "sfc", param: "228" }],
		["a member", member, { ...pf, levtype: "sfc", param: "167" }],
		[
			"a member on a level",
			{ ...member, ...onLevel },
			{ ...pf, levtype: "pl", levelist: "500", param: "129" },
		],
		[
			"a member's accumulation",
			{ ...member, ...rain },
			{ ...pf, levtype: "sfc", param: "228" },
		],
	];
	const BITS = [1, 12, 24];
	/** All are read at once: a Python that begins takes longer than what it then does. */
	let readings: readonly Reading[] = [];
	beforeAll(async () => {
		const changes = [
			...KEYS.map(([, change]) => change),
			...BITS.map((bits) => ({ bits })),
		];
		const messages = changes.map((one) => writeMessage({ ...field, ...one }));
		await writeFile(join(folder, "all.grib"), Buffer.concat(messages));
		readings = await read("values", "all.grib");
		expect(readings).toHaveLength(messages.length);
	});

	test.each(KEYS)("%s: keys, grid and values", (_, change, keys) => {
		const reading = readings[KEYS.findIndex((one) => one[1] === change)];
		expect(reading?.keys).toEqual(keys);
		expect(reading?.grid).toBe("O8");
		expect(reading?.count).toBe(grid.size);
		grid.latitudes.forEach((latitude, row) => {
			expect(reading?.latitudes[row]).toBeCloseTo(latitude, 5);
		});
		const error = reading?.packingError ?? 0;
		expect(error).toBeGreaterThan(0);
		values.forEach((value, point) => {
			expect(
				Math.abs((reading?.values[point] ?? 0) - value),
			).toBeLessThanOrEqual(error);
		});
	});

	test.each(BITS)("%i bits a value", (bits) => {
		const reading = readings[KEYS.length + BITS.indexOf(bits)];
		const error = reading?.packingError ?? 0;
		values.forEach((value, point) => {
			expect(
				Math.abs((reading?.values[point] ?? 0) - value),
			).toBeLessThanOrEqual(error * 1.02);
		});
	});
});

test("ecCodes reads every message of the sample archive", async () => {
	await makeSample(folder);
	const names = [
		"20250101-oper-fc.grib2",
		"20250102-oper-fc.grib2",
		"20250101-enfo-pf.grib2",
	];
	const readings = await read("keys", ...names);
	const found = readings.map(({ keys }) => describeKeys(keys));
	expect(found.toSorted()).toEqual(sampleFields().toSorted());
	for (const { grid, count, shortName, min, max, keys } of readings) {
		expect([grid, count]).toEqual(["O48", 10_944]);
		if (shortName === "2t") expect(min > 220 && max < 320).toBe(true);
		if (shortName === "tp")
			expect(keys.step === "0" ? max === 0 : min >= 0 && max > 0).toBe(true);
	}
});

const describeKeys = (keys: Readonly<Record<string, string>>): string =>
	[
		"date",
		"time",
		"class",
		"stream",
		"type",
		"expver",
		"number",
		"step",
		"levtype",
		"levelist",
		"param",
	]
		.map((key) => keys[key] ?? "-")
		.join(" ");

/** Every field the sample promises, as `describeKeys` writes it. */
function sampleFields(): string[] {
	const runs = [
		["20250101", "oper fc", "-"],
		["20250102", "oper fc", "-"],
		["20250101", "enfo pf", "1"],
		["20250101", "enfo pf", "2"],
	];
	const surface = ["167", "151", "165", "166", "228"].map(
		(param) => `sfc - ${param}`,
	);
	const levels = ["1000", "850", "500", "250"].flatMap((level) =>
		["130", "131", "132", "129"].map((param) => `pl ${level} ${param}`),
	);
	const steps = Array.from({ length: 13 }, (_, index) => index * 6);
	return runs.flatMap(([date, kind, number]) =>
		steps.flatMap((step) =>
			[...surface, ...levels].map(
				(rest) => `${date} 0000 od ${kind} 0001 ${number} ${step} ${rest}`,
			),
		),
	);
}
