import { appendFile, chmod, readdir, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { temporaryFolder } from "../../test/kit/temporary.ts";
import { KeptLearnt } from "./learnt.ts";

const known = {
	restarts: Float64Array.of(0, 45_000, 90_500, 2 ** 40),
	ranks: Uint32Array.of(0, 4096, 4100, 8000),
};

async function dataFile() {
	const folder = await temporaryFolder("learnt");
	const path = join(folder.path, "a.grib");
	await writeFile(path, "GRIB");
	return { folder, file: { path, size: 4, mtimeMs: 1234.5 } };
}

test("what was learnt is known to the next, of exactly this message in this state of the file", async () => {
	const { folder, file } = await dataFile();
	await using _ = folder;
	using first = new KeptLearnt(undefined);
	expect(first.of(file, 7)).toEqual({});
	first.keep(file, 7, known);
	first.keep(file, 9, { ranks: known.ranks });
	using next = new KeptLearnt(undefined);
	expect(next.of(file, 7)).toEqual(known);
	expect(next.of(file, 9)).toEqual({ ranks: known.ranks });
	expect(next.of(file, 8)).toEqual({});
	expect(next.of({ ...file, mtimeMs: 1235 }, 7)).toEqual({});
});

test("two who write at once know what the other learnt when they look again", async () => {
	const { folder, file } = await dataFile();
	await using _ = folder;
	using one = new KeptLearnt(undefined);
	using other = new KeptLearnt(undefined);
	one.keep(file, 1, known);
	other.keep(file, 2, known);
	expect(one.of(file, 1)).toEqual(known);
	expect(other.of(file, 1)).toEqual(known);
	using next = new KeptLearnt(undefined);
	expect(next.of(file, 2)).toEqual(known);
});

test("damaged and cut records are forgotten, nothing more", async () => {
	const { folder, file } = await dataFile();
	await using _ = folder;
	const place = join(folder.path, ".polytope-index");
	{
		using first = new KeptLearnt(undefined);
		first.keep(file, 1, known);
	}
	const [name = ""] = await readdir(place);
	await appendFile(join(place, name), Buffer.alloc(40, 7));
	using next = new KeptLearnt(undefined);
	expect(next.of(file, 1)).toEqual(known);
	next.keep(file, 2, known);
	expect(next.of(file, 2)).toEqual(known);
	using third = new KeptLearnt(undefined);
	expect(third.of(file, 1)).toEqual(known);
	expect(third.of(file, 2)).toEqual(known);
});

test("a file that is damaged while it is open grows no further", async () => {
	const { folder, file } = await dataFile();
	await using _ = folder;
	using learnt = new KeptLearnt(undefined);
	learnt.keep(file, 1, known);
	const [name = ""] = await readdir(join(folder.path, ".polytope-index"));
	const kept = join(folder.path, ".polytope-index", name);
	await appendFile(kept, "?");
	const { size } = await stat(kept);
	for (let offset = 2; offset < 9; offset++) learnt.keep(file, offset, known);
	expect((await stat(kept)).size).toBe(size);
	expect(learnt.of(file, 8)).toEqual(known);
});

test("where nothing can be written it lasts as long as the process", async () => {
	const { folder, file } = await dataFile();
	await using _ = folder;
	const blocked = join(folder.path, ".polytope-index");
	await writeFile(blocked, "a file where the folder should be");
	await chmod(blocked, 0o400);
	using learnt = new KeptLearnt(undefined);
	learnt.keep(file, 1, known);
	expect(learnt.of(file, 1)).toEqual(known);
});
