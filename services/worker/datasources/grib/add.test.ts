import {
	mkdtemp,
	readdir,
	rm,
	symlink,
	utimes,
	writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { GribRequest } from "../../../../hypercube/archive/axes.ts";
import { field } from "../../../../test/kit/fields.ts";
import { type GrowingArchive, openGrowing } from "./growing.ts";

const signal = new AbortController().signal;
const ID = "01932d3c-0000-7000-8000-0000000000ab";

let folder = "";
beforeEach(async () => {
	folder = await mkdtemp(join(tmpdir(), "archive-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const at = (step: number) => field({ step }, step);

const open = (): Promise<GrowingArchive> =>
	openGrowing(folder, { path: [] }, signal);

async function* of(...parts: Uint8Array[]): AsyncGenerator<Uint8Array> {
	const bytes = Buffer.concat(parts);
	for (let from = 0; from < bytes.length; from += 500)
		yield bytes.subarray(from, from + 500);
}

const add = (
	archive: GrowingArchive,
	request: GribRequest,
	parts: readonly Uint8Array[],
	attempt = 1,
) =>
	archive.add({ requestId: ID, attempt, request, data: of(...parts) }, signal);

async function bytesOf({ archive }: GrowingArchive, request: GribRequest) {
	const { stream } = await archive.retrieve(request, signal);
	return Buffer.concat(await Array.fromAsync(stream));
}

const files = async (): Promise<string[]> =>
	(await readdir(folder, { recursive: true }))
		.filter((name) => /\.(grib|part)$/.test(name))
		.toSorted();

test("what was added is there at once, byte for byte, for others too", async () => {
	const archive = await open();
	const other = await open();
	const parts = [at(0), at(6)];
	const request = { step: ["0", "6"], param: ["2t"], class: ["od"] };
	expect((await add(archive, request, parts)).fields).toBe(2);
	const whole = Buffer.concat(parts);
	expect((await bytesOf(archive, request)).equals(whole)).toBe(true);
	expect((await bytesOf(other, request)).equals(whole)).toBe(true);
	expect(await files()).toEqual([`ab/${ID}.1.grib`]);
});

test("a request that names no keys takes any fields; domain g is every field's", async () => {
	const archive = await open();
	expect((await add(archive, {}, [at(0)])).fields).toBe(1);
	const { fields } = await add(archive, { domain: ["g"] }, [at(6)], 2);
	expect(fields).toBe(1);
});

test.each<[string, GribRequest, () => Uint8Array[], RegExp[]]>([
	[
		"a field that is missing",
		{ step: ["0", "6", "12"] },
		() => [at(0), at(12)],
		[/^expected 3 fields, found 2: missing step=6$/],
	],
	[
		"a field that was not said",
		{ step: ["0"] },
		() => [at(0), at(6)],
		[/^message at byte \d\d+ has step=6, the request says step=0$/],
	],
	[
		"both",
		{ step: ["0", "12"] },
		() => [at(0), at(6)],
		[/has step=6, the request says step=0\/12\nexpected 2 fields, found 1/],
	],
	[
		"a key that no message has",
		{ number: ["1"], step: ["0"] },
		() => [at(0)],
		[/^no message of the data has the key 'number'$/],
	],
	[
		"a field twice",
		{ step: ["0"] },
		() => [at(0), field({}, 5)],
		[/^message at byte \d\d+ has the same keys as the message at byte 0$/],
	],
	["nothing", {}, () => [], [/^the data holds no GRIB message$/]],
	[
		"no GRIB",
		{},
		() => [Buffer.from("hello")],
		[/^the data holds no GRIB message\nat byte 0: octets that are no GRIB/],
	],
	[
		"something between",
		{},
		() => [at(0), Buffer.from("garbage"), at(6)],
		[/^at byte \d+: octets that are no GRIB message$/],
	],
	[
		"a cut message",
		{},
		() => [at(0), at(6).subarray(0, 100)],
		[/^at byte \d+: cut: the message says \d+ octets, the file has 100$/],
	],
	[
		"very many",
		{ step: ["0"] },
		() => Array.from({ length: 15 }, (_, step) => at(step)),
		[/step=10,.*\nand 4 more such messages$/s],
	],
])("%s is refused, and nothing stays", async (_, request, parts, reasons) => {
	const archive = await open();
	for (const reason of reasons)
		await expect(add(archive, request, parts())).rejects.toThrow(reason);
	expect(await files()).toEqual([]);
});

test("data that fails or is stopped leaves nothing", async () => {
	const archive = await open();
	async function* failing() {
		yield at(0);
		throw new Error("cut off");
	}
	const addition = { requestId: ID, attempt: 1, request: {} };
	await expect(
		archive.add({ ...addition, data: failing() }, signal),
	).rejects.toThrow("cut off");
	const stop = new AbortController();
	async function* stopped() {
		yield at(0);
		stop.abort(new Error("cancelled"));
	}
	await expect(
		archive.add({ ...addition, data: stopped() }, stop.signal),
	).rejects.toThrow("cancelled");
	expect(await files()).toEqual([]);
});

test("a later attempt takes the earlier ones away, an earlier one gives way", async () => {
	const archive = await open();
	await add(archive, {}, [at(0)], 1);
	await writeFile(join(folder, "ab", `.${ID}.2.part`), "half");
	await add(archive, {}, [at(0)], 3);
	expect(await files()).toEqual([`ab/${ID}.3.grib`]);
	await expect(add(archive, {}, [at(0)], 2)).rejects.toThrow(/later attempt/);
	expect(await files()).toEqual([`ab/${ID}.3.grib`]);
});

test("what dead workers left is removed after a while, and nothing else", async () => {
	await add(await open(), {}, [at(0)]);
	const old = join(folder, "ab", `.${ID}.7.part`);
	const young = join(folder, "ab", `.${ID}.8.part`);
	for (const path of [old, young]) await writeFile(path, "half");
	const then = Date.now() / 1000 - 8 * 86_400;
	for (const path of [old, join(folder, "ab", `${ID}.1.grib`)])
		await utimes(path, then, then);
	await open();
	expect(await files()).toEqual([`ab/.${ID}.8.part`, `ab/${ID}.1.grib`]);
});

test("what another worker takes away while this one starts hurts nobody", async () => {
	await add(await open(), {}, [at(0)]);
	// Listed, and not there when it is looked at.
	await symlink("nowhere", join(folder, "ab", `.${ID}.7.part`));
	await expect(open()).resolves.toBeDefined();
});

test("what is taken out again is gone", async () => {
	const archive = await open();
	const { undo } = await add(archive, {}, [at(0)]);
	await undo();
	expect(await files()).toEqual([]);
	await archive.archive.refresh();
	await expect(bytesOf(archive, {})).rejects.toThrow(/no fields/);
});
