import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { extract } from "../hypercube/extract.ts";
import { mustRun } from "../test/kit/command.ts";
import { field } from "../test/kit/fields.ts";
import { temporaryFolder } from "../test/kit/temporary.ts";
import { featuresOf } from "./extract/features.ts";

test.each([
	["--point", "-33.9,18.4"],
	["--point=-33.9,18.4", "--format=csv"],
	["--box", "-60,-20,-10,60"],
	["--circle", "-33.9,18.4,4000km"],
])("places on the southern half are understood: %s %s", async (...args) => {
	await using folder = await temporaryFolder("extract");
	const file = join(folder.path, "a.grib");
	await writeFile(file, field());
	const csv = await mustRun(process.execPath, [
		join(import.meta.dirname, "extract.ts"),
		file,
		...args,
		"--format",
		"csv",
	]);
	const [, first = ""] = csv.split("\n");
	expect(Number(first.split(",")[0])).toBeLessThan(0);
});

test.each([
	["--point takes LAT,LON, not '48.85,'", "--point", "48.85,"],
	["--box takes SOUTH,WEST,NORTH,EAST, not '1,2,3'", "--box", "1,2,3"],
	["--circle takes LAT,LON,RADIUS, not '50,10'", "--circle", "50,10"],
	["--feature is no JSON", "--feature", "{bad"],
	["--polygon takes WKT", "--polygon", "nofile.geojson"],
])("%s", async (told, ...args) => {
	await expect(featuresOf(options(args))).rejects.toThrow(told);
});

const options = ([option = "", text = ""]: readonly string[]) => {
	const name = option.slice(2);
	return {
		point: [],
		"profile-at": [],
		[name]: name === "point" ? [text] : text,
	};
};

test("what cannot be read, or is hidden, is told beside the answer", async () => {
	await using folder = await temporaryFolder("extract");
	const file = join(folder.path, "twice.grib");
	await writeFile(file, Buffer.concat([field(), field()]));
	using found = await extract(
		{ grib: [file, join(folder.path, "nowhere")] },
		{ feature: { type: "position", points: [[10, 10]] } },
		{ allowPartial: true },
	);
	expect(found.answer.fields).toBe(1);
	expect(found.faults).toEqual([
		expect.stringMatching(/nowhere: no file is there$/),
		expect.stringMatching(/twice.grib at 0: 1 message has the MARS keys of a/),
	]);
	const other = {
		param: "msl",
		feature: { type: "position", points: [[1, 1]] },
	};
	await expect(extract({ grib: [file] }, other)).rejects.toThrow(
		/twice.grib at 0/,
	);
});
