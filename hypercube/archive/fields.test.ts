import { appendFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { field, sectionAt } from "../../test/kit/fields.ts";
import { temporaryFolder } from "../../test/kit/temporary.ts";
import { ChangedFile } from "../bytes/changed.ts";
import { BrokenField, UnsupportedField } from "../cube/field.ts";
import { openArchive } from "./archive.ts";
import { fieldsOf, OpenSources } from "./fields.ts";
import { tableOf } from "./table.ts";

const FORGETFUL = { of: () => ({}), keep: () => {} };
const signal = new AbortController().signal;

async function opened(...messages: readonly Uint8Array[]) {
	const folder = await temporaryFolder("fields");
	await writeFile(join(folder.path, "a.grib"), Buffer.concat(messages));
	return { folder, path: join(folder.path, "a.grib") };
}

describe("fields of an archive", () => {
	test("have their keys, their grid and their values, before and after a restart", async () => {
		const { folder } = await opened(
			field({ step: 0 }, 1),
			field({ step: 6 }, 7),
		);
		await using _ = folder;
		for (const _start of ["first", "again"]) {
			const archive = await openArchive({ path: [folder.path] }, signal);
			using sources = new OpenSources();
			const table = tableOf(archive.select({}));
			const fields = await fieldsOf(table, { sources, learnt: FORGETFUL });
			expect(fields.map(({ keys }) => keys.step)).toEqual(["0", "6"]);
			expect(fields[0]?.keys).toMatchObject({ param: "167", class: "od" });
			expect(fields[0]?.grid()).toBe(fields[1]?.grid());
			const out = new Float64Array(3);
			await fields[1]?.read(Uint32Array.of(0, 2, 80, 81), out);
			expect([...out].map(Math.round)).toEqual([7, 8, 87]);
		}
	});

	test("that cannot be read say which they are, and where, without the way there", async () => {
		const spectral = field({ step: 6 });
		spectral.writeUInt16BE(50, sectionAt(spectral, 5) + 9);
		const lying = field({ step: 12 });
		lying.writeUInt8(40, sectionAt(lying, 5) + 19);
		const { folder } = await opened(spectral, lying);
		await using _ = folder;
		const archive = await openArchive({ path: [folder.path] }, signal);
		using sources = new OpenSources();
		const table = tableOf(archive.select({}));
		const [first, second] = await fieldsOf(table, {
			sources,
			learnt: FORGETFUL,
		});
		const range = Uint32Array.of(0, 2);
		const which = "in a.grib, date=20250101, time=0000, step=6, param=167: ";
		const told = (text: string) =>
			expect.objectContaining({ message: which + text });
		expect(() => first?.grid()).toThrow(UnsupportedField);
		expect(() => first?.cost(range)).toThrow(
			told(
				"data representation template 5.50 (spherical harmonics, simple packing)",
			),
		);
		expect(() => second?.read(range, new Float64Array(2))).toThrow(
			/^in a\.grib, .*step=12, param=167: the message at \d+: \d+ octets of data/,
		);
		expect(() => second?.read(range, new Float64Array(2))).toThrow(BrokenField);
	});

	test("of a file that has changed are refused", async () => {
		const { folder, path } = await opened(field());
		await using _ = folder;
		const archive = await openArchive({ path: [folder.path] }, signal);
		const table = tableOf(archive.select({}));
		await appendFile(path, field({ step: 6 }));
		using sources = new OpenSources();
		const [first] = await fieldsOf(table, { sources, learnt: FORGETFUL });
		const read = () => first?.read(Uint32Array.of(0, 1), new Float64Array(1));
		expect(read).toThrow(ChangedFile);
		await rm(path);
		expect(read).toThrow(ChangedFile);
	});
});
