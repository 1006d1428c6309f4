import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openArchive } from "../../../../hypercube/archive/archive.ts";
import { tableOf } from "../../../../hypercube/archive/table.ts";
import { mustRun } from "../../../../test/kit/command.ts";
import { python } from "../../../../test/kit/python.ts";
import { temporaryFolder } from "../../../../test/kit/temporary.ts";
import { INSTALL_TIMEOUT } from "../../../../test/kit/tools.ts";
import { Learning } from "./learning.ts";
import type { Task } from "./protocol.ts";
import { Threads } from "./threads.ts";

/** Two fields of 20,000 points: one in CCSDS packing, one simple with a bitmap. */
const WRITE = `
import sys, eccodes, numpy
for step, ccsds in ((0, True), (6, False)):
    gid = eccodes.codes_grib_new_from_samples("regular_ll_sfc_grib2")
    for key, value in dict(Ni=200, Nj=100, latitudeOfLastGridPointInDegrees=40.5, longitudeOfLastGridPointInDegrees=199, iDirectionIncrementInDegrees=1, jDirectionIncrementInDegrees=.5, latitudeOfFirstGridPointInDegrees=90, step=step).items():
        eccodes.codes_set(gid, key, value)
    values = 280 + numpy.sin(numpy.arange(20000) / 50)
    if ccsds:
        eccodes.codes_set(gid, "packingType", "grid_ccsds")
    else:
        eccodes.codes_set(gid, "bitmapPresent", 1)
        eccodes.codes_set(gid, "missingValue", 9999)
        values[100:200] = 9999
    eccodes.codes_set(gid, "bitsPerValue", 16)
    eccodes.codes_set_values(gid, values)
    with open(sys.argv[1], "ab") as file:
        eccodes.codes_write(gid, file)
`;

const signal = new AbortController().signal;

test("what is learnt when a file is indexed is there before the first request", {
	timeout: INSTALL_TIMEOUT,
}, async () => {
	await using folder = await temporaryFolder("learning");
	const path = join(folder.path, "a.grib2");
	await mustRun(await python("eccodes"), ["-c", WRITE, path]);
	const archive = await openArchive({ path: [folder.path] }, signal);
	await using threads = new Threads(1);
	const task = (step: string): Task => ({
		source: {
			kind: "archive",
			table: tableOf(archive.select({ step: [step] })),
			indexFolder: join(folder.path, "index"),
		},
		feature: { type: "position", points: [[60, 100]] },
		body: {},
		format: undefined,
		profile: undefined,
		options: {
			profile: "polytope",
			compatible: false,
			maxVertices: 100,
			shapes: undefined,
			grids: undefined,
			limits: {},
		},
	});
	for (const step of ["0", "6"]) {
		const before = await threads.plan(task(step), signal);
		expect(before.cold).toBeGreaterThan(before.bytes);
	}
	const indexFolder = join(folder.path, "index");
	const learning = new Learning(archive, { indexFolder }, threads, signal);
	learning.look();
	await learning.done();
	const kept = await readdir(join(folder.path, ".polytope-index"));
	expect(kept.filter((name) => name.endsWith(".learnt"))).toHaveLength(1);
	for (const step of ["0", "6"]) {
		const after = await threads.plan(task(step), signal);
		// One restart interval, or 512 octets of bitmap and a value: nothing of the rest.
		expect(after.bytes).toBeLessThan(9_000);
	}
});
