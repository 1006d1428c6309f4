import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { mustRun } from "../test/kit/command.ts";
import { field } from "../test/kit/fields.ts";
import { temporaryFolder } from "../test/kit/temporary.ts";

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
