import {
	appendFile,
	mkdir,
	mkdtemp,
	readdir,
	readFile,
	readlink,
	rm,
	symlink,
	utimes,
	writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { field } from "../../test/kit/fields.ts";
import { parameterCodings } from "../grib/write/parameter.ts";
import { octahedralGrid } from "../grid/octahedral.ts";
import { type Archive, type GribRequest, openArchive } from "./archive.ts";

const signal = new AbortController().signal;

let folder = "";
beforeEach(async () => {
	folder = await mkdtemp(join(tmpdir(), "archive-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const at = (step: number, name: "2t" | "msl" = "2t") =>
	field({ step, parameter: parameterCodings[name] }, step + 1);

const put = (name: string, ...parts: Uint8Array[]) =>
	writeFile(join(folder, name), Buffer.concat(parts));

const open = (path = folder) => openArchive({ path: [path] }, signal);

async function fetch(
	archive: Archive,
	request: GribRequest,
	options = {},
): Promise<Buffer> {
	const result = await archive.retrieve(request, signal, options);
	const chunks = await Array.fromAsync(result.stream);
	const bytes = Buffer.concat(chunks);
	expect(bytes.length).toBe(result.length);
	return bytes;
}

describe("retrieve", () => {
	test("gives whole messages, byte for byte, in the request's own order", async () => {
		await put("a.grib", at(0), at(6), at(0, "msl"), at(6, "msl"));
		const archive = await open();
		expect(
			await fetch(archive, { step: ["6", "0"], param: ["msl", "2t"] }),
		).toEqual(Buffer.concat([at(6, "msl"), at(6), at(0, "msl"), at(0)]));
	});

	test("keys left out are unconstrained, ascending, nested date, number, step, levelist, param", async () => {
		const level = (level: number, name: "t" | "u", step: number) =>
			field({ parameter: parameterCodings[name], level, step }, level + step);
		const wanted = [6, 12].flatMap((step) =>
			[500, 1000].flatMap((hPa) => [
				level(hPa, "t", step),
				level(hPa, "u", step),
			]),
		);
		await put("a.grib", ...wanted.toReversed());
		expect(await fetch(await open(), {})).toEqual(Buffer.concat(wanted));
	});

	test.each<[string, GribRequest]>([
		["id", { param: ["167"] }],
		["table", { param: ["167.128"] }],
		["short name", { param: ["2T"] }],
		["step with unit", { step: ["6h"] }],
		["step in minutes", { step: ["360m"] }],
		["padded step", { step: ["06"] }],
		["hour", { time: ["12"] }],
		["time with colon", { time: ["12:00"] }],
		["dashed date", { date: ["2025-01-01"] }],
		["short expver", { expver: ["1"] }],
		["upper case", { class: ["OD"], levtype: ["SFC"] }],
		["domain", { domain: ["g"] }],
		["timespan none", { timespan: ["none"] }],
		["a value twice", { step: ["6", "6h"], param: ["2t", "167"] }],
	])("finds a field by %s", async (_, request) => {
		const wanted = field({ step: 6, time: "1200" });
		await put("a.grib", wanted);
		expect(await fetch(await open(), request)).toEqual(wanted);
	});

	test("of identical messages the last indexed answers; the others are listed", async () => {
		const [first, second, third] = [field({}, 1), field({}, 2), field({}, 3)];
		await put("a.grib", first, second);
		const archive = await open();
		expect(await fetch(archive, { param: ["2t"] })).toEqual(
			Buffer.from(second),
		);
		expect(
			archive.messages(join(folder, "a.grib")).map(({ offset }) => offset),
		).toEqual([0, first.length]);
		await put("0.grib", third);
		await archive.refresh();
		expect(await fetch(archive, {})).toEqual(Buffer.from(third));
		// The order survives a restart: it is kept, not made of the names.
		expect(await fetch(await open(), {})).toEqual(Buffer.from(third));
	});

	test("large results come in chunks of bounded size, across files and gaps", async () => {
		const big = octahedralGrid(96);
		const fields = Array.from({ length: 40 }, (_, step) =>
			field({
				step,
				grid: big,
				values: Float64Array.from({ length: big.size }, (_, i) => i + step),
			}),
		);
		const [odd, even] = [
			fields.filter((_, i) => i % 2),
			fields.filter((_, i) => i % 2 === 0),
		];
		await put("odd.grib", ...odd);
		await put("even.grib", ...even);
		const { stream, length } = await (await open()).retrieve({}, signal);
		const chunks = await Array.fromAsync(stream);
		expect(Buffer.concat(chunks).equals(Buffer.concat(fields))).toBe(true);
		expect(chunks.length).toBe(Math.ceil(length / (512 * 1024)));
	});

	test("an aborted stream ends with the reason and leaves no file open", async () => {
		await put("a.grib", at(0), at(6));
		const archive = await open();
		const controller = new AbortController();
		const { stream } = await archive.retrieve({}, controller.signal);
		controller.abort(new Error("enough"));
		await expect(Array.fromAsync(stream)).rejects.toThrow("enough");
		await expect(archive.retrieve({}, controller.signal)).rejects.toThrow(
			"enough",
		);
		expect(await openFilesBelow(folder)).toEqual([]);
	});

	test("a reader that leaves in the middle leaves no file open", async () => {
		const big = octahedralGrid(200);
		const large = field({
			grid: big,
			values: Float64Array.from({ length: big.size }, (_, i) => i),
		});
		await put("a.grib", large, large, field({ step: 6 }), large);
		const { stream } = await (await open()).retrieve({}, signal);
		for await (const _ of stream) break;
		expect(await openFilesBelow(folder)).toEqual([]);
	});

	test("a file that changed after it was indexed is refused, not misread", async () => {
		await put("a.grib", at(0), at(6));
		const archive = await open();
		await put("a.grib", at(12), at(0), at(6));
		const { stream } = await archive.retrieve({ step: ["6"] }, signal);
		await expect(Array.fromAsync(stream)).rejects.toThrow(
			"changed since it was indexed",
		);
	});
});

describe("what cannot be had", () => {
	const asked = { step: ["0", "6", "12", "18"], param: ["2t", "msl"] };

	test("absent fields are counted and named", async () => {
		await put(
			"a.grib",
			at(0),
			at(6),
			at(18),
			at(0, "msl"),
			at(6, "msl"),
			at(12, "msl"),
		);
		const archive = await open();
		await expect(fetch(archive, asked)).rejects.toThrow(
			"expected 8 fields, found 6: missing step=12 param=2t, step=18 param=msl",
		);
		const partial = await fetch(archive, asked, { allowPartial: true });
		expect(partial).toEqual(
			Buffer.concat([
				at(0),
				at(0, "msl"),
				at(6),
				at(6, "msl"),
				at(12, "msl"),
				at(18),
			]),
		);
	});

	test("a long list of absent fields is cut", async () => {
		await put("a.grib", at(0));
		const step = Array.from({ length: 20 }, (_, hour) => String(hour));
		await expect(fetch(await open(), { step })).rejects.toThrow(
			/^expected 20 fields, found 1: missing step=1, .*step=10, and 9 more$/,
		);
	});

	test("a single absent field is named whole, also when some would do", async () => {
		await put("a.grib", at(0));
		const request = { date: ["20300101"], param: ["2t"] };
		await expect(
			fetch(await open(), request, { allowPartial: true }),
		).rejects.toThrow(
			"expected 1 field, found 0: missing date=20300101 param=2t",
		);
	});

	test("keys that no message has are named, all of them", async () => {
		await put("a.grib", at(0));
		const archive = await open();
		await expect(
			fetch(archive, { foo: ["1"], grid: ["1/1"], step: ["0"] }),
		).rejects.toThrow("unknown key 'foo'\nunknown key 'grid'");
		await expect(fetch(archive, { step: [] })).rejects.toThrow(
			"key 'step' has no value",
		);
	});

	test("surface fields have no level: asking for one does not find them", async () => {
		await put(
			"a.grib",
			at(0),
			field({ parameter: parameterCodings.t, level: 500 }),
		);
		const archive = await open();
		await expect(
			fetch(archive, { levtype: ["sfc"], levelist: ["500"] }),
		).rejects.toThrow("found 0");
		expect(
			(await fetch(archive, { levelist: ["500"] })).length,
		).toBeGreaterThan(0);
	});

	test("a request beyond bounds is refused before anything is searched", async () => {
		await put("a.grib", at(0));
		const many = Array.from({ length: 1001 }, (_, index) => String(index));
		await expect(
			fetch(await open(), { step: many, param: many }),
		).rejects.toThrow("1002001 fields");
	});

	test("an empty archive says so", async () => {
		await expect(fetch(await open(), { step: ["0"] })).rejects.toThrow(
			"no fields",
		);
	});
});

describe("the index", () => {
	test("new, changed and removed files are noticed", async () => {
		await put("a.grib", at(0));
		await put("b.grib", at(6));
		const archive = await open();
		await put("c.grib", at(12));
		await put("a.grib", at(0), at(18));
		await rm(join(folder, "b.grib"));
		await archive.refresh();
		expect(await fetch(archive, {})).toEqual(
			Buffer.concat([at(0), at(12), at(18)]),
		);
		const kept = (await readdir(join(folder, ".polytope-index"))).sort();
		expect(kept).toEqual(["a.grib.idx", "c.grib.idx"]);
	});

	test("a span takes what there is of it, ascending, both ends included", async () => {
		await put("a.grib", at(12), at(0), at(6), at(18));
		const archive = await openArchive({ path: [folder] }, signal);
		const steps = async (from: string, until: string) =>
			await fetch(archive, { step: { from, until } });
		expect(await steps("6", "13")).toEqual(Buffer.concat([at(6), at(12)]));
		expect(await steps("720m", "6h")).toEqual(Buffer.concat([at(6), at(12)]));
		await expect(steps("19", "24")).rejects.toThrow(
			"no value of key 'step' lies between 19 and 24: there are values from 0 to 18",
		);
	});

	test("a retrieve looks again after a while, not each time", async () => {
		const clock = { time: 0 };
		await put("a.grib", at(0));
		const archive = await openArchive(
			{ path: [folder], now: () => clock.time },
			signal,
		);
		await put("b.grib", at(6));
		clock.time = 1000;
		expect(await fetch(archive, {})).toEqual(Buffer.from(at(0)));
		clock.time = 10_000;
		expect(await fetch(archive, {})).toEqual(Buffer.concat([at(0), at(6)]));
	});

	test("survives a restart: an unchanged file is not read again", async () => {
		await put("a.grib", at(0), at(6));
		const path = join(folder, "a.grib");
		// A time without a fraction, which can be set again exactly.
		await utimes(path, 1_700_000_000, 1_700_000_000);
		const before = (await open()).messages(path);
		const bytes = await readFile(path);
		await writeFile(path, Buffer.alloc(bytes.length));
		await utimes(path, 1_700_000_000, 1_700_000_000);
		const again = await open();
		expect(again.messages(path)).toEqual(before);
		expect(again.faults()).toEqual([]);
	});

	test.each([
		["cut", (bytes: Buffer) => bytes.subarray(0, bytes.length - 9)],
		[
			"flipped",
			(bytes: Buffer) => bytes.fill(7, bytes.length - 9, bytes.length - 8),
		],
		["empty", () => Buffer.alloc(0)],
		["of another kind", () => Buffer.from("something else altogether")],
	])("an index that is %s is made anew", async (_, damage) => {
		await put("a.grib", at(0), at(6));
		const before = (await open()).messages(join(folder, "a.grib"));
		const place = join(folder, ".polytope-index", "a.grib.idx");
		await writeFile(place, damage(await readFile(place)));
		expect((await open()).messages(join(folder, "a.grib"))).toEqual(before);
	});

	test("lies elsewhere where the data's folder takes nothing", async () => {
		await put("a.grib", at(0));
		// A file in the place of the folder stops everyone, also one who may write everywhere.
		await writeFile(join(folder, ".polytope-index"), "");
		const elsewhere = await mkdtemp(join(tmpdir(), "index-"));
		const options = { path: [folder], indexFolder: elsewhere };
		const archive = await openArchive(options, signal);
		expect(archive.faults()).toEqual([]);
		expect(await readdir(elsewhere)).toHaveLength(1);
		expect((await openArchive(options, signal)).files()).toEqual(
			archive.files(),
		);
		await rm(elsewhere, { recursive: true });
		expect((await openArchive({ path: [folder] }, signal)).faults()).toEqual([
			expect.objectContaining({
				reason: expect.stringContaining("index cannot be kept"),
			}),
		]);
	});

	test("broken messages cost themselves, and are told with file and offset", async () => {
		const [first, second] = [at(0), at(6)];
		await put(
			"a.grib",
			first,
			Buffer.from("rubbish between"),
			second,
			at(12).subarray(0, 100),
		);
		await put("text.txt", Buffer.from("no message at all"));
		await put("empty.grib");
		const archive = await open();
		expect(await fetch(archive, {})).toEqual(Buffer.concat([first, second]));
		const path = join(folder, "a.grib");
		const told = archive.faults().map(({ file, offset }) => [file, offset]);
		expect(told).toEqual([
			[path, first.length],
			[path, first.length + 15 + second.length],
			[join(folder, "text.txt"), 0],
		]);
		// They are part of what is kept.
		expect((await open()).faults()).toEqual(archive.faults());
	});

	test("a message that was still being written is there once it is whole", async () => {
		await put("a.grib", at(0), at(6).subarray(0, 50));
		const archive = await open();
		expect(archive.faults()).toHaveLength(1);
		await appendFile(join(folder, "a.grib"), at(6).subarray(50));
		await archive.refresh();
		expect(archive.faults()).toEqual([]);
		expect(await fetch(archive, {})).toEqual(Buffer.concat([at(0), at(6)]));
	});
});

describe("paths", () => {
	test("files, folders and patterns, each file once, hidden ones left out", async () => {
		await mkdir(join(folder, "sub/.hidden"), { recursive: true });
		await put("a.grib", at(0));
		await put(".b.grib", at(6));
		await put("sub/c.grib", at(12));
		await put("sub/.hidden/d.grib", at(18));
		await symlink(folder, join(folder, "sub/loop"));
		const files = async (...path: string[]) =>
			(await openArchive({ path }, signal))
				.files()
				.map((file) => file.slice(folder.length + 1));
		expect(await files(folder)).toEqual(["a.grib", "sub/c.grib"]);
		expect(await files(join(folder, "*.grib"), join(folder, "a.grib"))).toEqual(
			["a.grib"],
		);
		expect(await files(join(folder, "{sub,none}/*.grib"))).toEqual([
			"sub/c.grib",
		]);
		expect(await files(join(folder, "sub/.hidden/*"))).toEqual([
			"sub/.hidden/d.grib",
		]);
	});

	test("a path that leads nowhere is told and stops nothing", async () => {
		await put("a.grib", at(0));
		const gone = join(folder, "gone");
		const archive = await openArchive({ path: [gone, folder] }, signal);
		expect(archive.faults()).toEqual([
			{ file: gone, reason: "no file is there" },
		]);
		expect(archive.files()).toHaveLength(1);
	});
});

/** What of a folder this process holds open. */
async function openFilesBelow(path: string): Promise<string[]> {
	const links = await readdir("/proc/self/fd");
	const targets = await Promise.all(
		links.map((link) => readlink(`/proc/self/fd/${link}`).catch(() => "")),
	);
	return targets.filter((target) => target.startsWith(path));
}
