import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Client } from "minio";
import {
	afterAll,
	afterEach,
	beforeAll,
	beforeEach,
	describe,
	expect,
	test,
} from "vitest";
import { field, sectionAt } from "../../test/kit/fields.ts";
import { type S3Server, startS3 } from "../../test/kit/s3.ts";
import {
	type TemporaryFolder,
	temporaryFolder,
} from "../../test/kit/temporary.ts";
import { INSTALL_TIMEOUT } from "../../test/kit/tools.ts";
import { serveFolder, type WebServer } from "../../test/kit/web.ts";
import { ChangedFile } from "../bytes/changed.ts";
import { UnsupportedField } from "../cube/field.ts";
import { octahedralGrid } from "../grid/octahedral.ts";
import { type Archive, type GribRequest, openArchive } from "./archive.ts";
import { fieldsOf, OpenSources } from "./fields.ts";
import type { RemoteAccess } from "./remote/remotes.ts";
import { Remotes } from "./remote/remotes.ts";
import { tableOf } from "./table.ts";

/** Where the files of an archive lie. */
interface Place extends AsyncDisposable {
	readonly access: RemoteAccess;
	put(name: string, ...parts: Uint8Array[]): Promise<void>;
	remove(name: string): Promise<void>;
	/** Takes all of them away. */
	clear(): Promise<void>;
}

const NAMES = ["a.grib", "b.grib", "deep/c.grib"];

async function onDisk(): Promise<Place> {
	const folder = await temporaryFolder("anywhere");
	const files = join(folder.path, "files");
	return {
		...inFolder(files),
		access: { path: [files] },
		[Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
	};
}

const inFolder = (files: string) => ({
	put: async (name: string, ...parts: Uint8Array[]) => {
		await mkdir(join(files, "deep"), { recursive: true });
		await writeFile(join(files, name), Buffer.concat(parts));
	},
	remove: (name: string) => rm(join(files, name)),
	clear: () => rm(files, { recursive: true, force: true }),
});

async function behindHttp(): Promise<Place> {
	await using open = new AsyncDisposableStack();
	const folder = open.use(await temporaryFolder("anywhere"));
	const web: WebServer = open.use(await serveFolder(folder.path));
	const held = open.move();
	return {
		...inFolder(folder.path),
		access: { path: NAMES.map((name) => `${web.url}/${name}`) },
		clear: async () => {
			for (const name of NAMES)
				await rm(join(folder.path, name), { force: true });
		},
		[Symbol.asyncDispose]: () => held.disposeAsync(),
	};
}

async function inS3(): Promise<Place> {
	await using open = new AsyncDisposableStack();
	const server: S3Server = open.use(await startS3());
	const { accessKey, secretKey, port } = server;
	const client = new Client({
		endPoint: "127.0.0.1",
		port,
		useSSL: false,
		accessKey,
		secretKey,
	});
	await client.makeBucket("data");
	const held = open.move();
	return {
		access: {
			path: [`s3://127.0.0.1:${port}/data/era5?tls=false`],
			keys: { accessKey, secretKey },
		},
		put: async (name, ...parts) => {
			await client.putObject("data", `era5/${name}`, Buffer.concat(parts));
		},
		remove: (name) => client.removeObject("data", `era5/${name}`),
		clear: async () => {
			for (const name of NAMES)
				await client.removeObject("data", `era5/${name}`);
		},
		[Symbol.asyncDispose]: () => held.disposeAsync(),
	};
}

const signal = new AbortController().signal;
const at = (step: number) => field({ step }, step + 1);

describe.each([
	["on disk", onDisk],
	["behind HTTP", behindHttp],
	["in S3", inS3],
])("an archive %s", (_, make) => {
	let place: Place;
	let index: TemporaryFolder;
	beforeAll(async () => {
		place = await make();
	}, INSTALL_TIMEOUT);
	afterAll(() => place[Symbol.asyncDispose]());
	beforeEach(async () => {
		index = await temporaryFolder("index");
	});
	afterEach(async () => {
		await place.clear();
		await index[Symbol.asyncDispose]();
	});

	const open = async (): Promise<Archive> => {
		const archive = await openArchive(
			{ ...place.access, indexFolder: index.path, http: { pauses: [1] } },
			signal,
		);
		await archive.refresh();
		return archive;
	};
	const bytesOf = async (
		archive: Archive,
		request: GribRequest = {},
	): Promise<Buffer> => {
		const { stream, length } = await archive.retrieve(request, signal);
		const bytes = Buffer.concat(await Array.fromAsync(stream));
		expect(bytes.length).toBe(length);
		return bytes;
	};
	const openFields = async (archive: Archive, sources: OpenSources) =>
		fieldsOf(tableOf(archive.select({})), {
			sources,
			remotes: new Remotes(place.access, { pauses: [1] }),
			learnt: { of: () => ({}), keep: () => {} },
		});

	test("gives whole messages, byte for byte, in the request's order, across files", async () => {
		await place.put("a.grib", at(0), at(12));
		await place.put("deep/c.grib", at(6), at(18));
		const archive = await open();
		expect(archive.files()).toHaveLength(2);
		expect(await bytesOf(archive)).toEqual(
			Buffer.concat([at(0), at(6), at(12), at(18)]),
		);
		expect(await bytesOf(archive, { step: ["18", "0"] })).toEqual(
			Buffer.concat([at(18), at(0)]),
		);
		await expect(bytesOf(archive, { step: ["24"] })).rejects.toThrow("step");
	});

	test("long messages come in pieces, whole", async () => {
		const grid = octahedralGrid(700);
		const large = [0, 6].map((step) =>
			field({
				step,
				grid,
				values: Float64Array.from({ length: grid.size }, (_, i) => i % 977),
			}),
		);
		await place.put("a.grib", ...large);
		expect((await bytesOf(await open())).equals(Buffer.concat(large))).toBe(
			true,
		);
	});

	test("values are read where they lie, before and after a restart", async () => {
		await place.put("a.grib", at(0), at(6));
		for (const _start of ["first", "again"]) {
			using sources = new OpenSources();
			const fields = await openFields(await open(), sources);
			expect(fields.map(({ keys }) => keys.step)).toEqual(["0", "6"]);
			const grid = await fields[0]?.grid();
			expect(grid?.size).toBe(octahedralGrid(2).size);
			const ranges = Uint32Array.of(0, 2, 80, 81);
			expect(fields[1]?.cost(ranges).bytes).toBeGreaterThan(0);
			const out = new Float64Array(3);
			await fields[1]?.read(ranges, out);
			expect([...out].map(Math.round)).toEqual([7, 8, 87]);
		}
	});

	test("a file that changes, goes or comes is noticed, and never misread", async () => {
		await place.put("a.grib", at(0), at(6));
		const archive = await open();
		await place.put("a.grib", at(12), at(0), at(6));
		using sources = new OpenSources();
		const [first] = await openFields(archive, sources);
		await expect(
			(async () => first?.read(Uint32Array.of(0, 1), new Float64Array(1)))(),
		).rejects.toThrow(ChangedFile);
		await expect(bytesOf(archive, { step: ["6"] })).rejects.toThrow(
			ChangedFile,
		);
		await archive.refresh();
		expect(await bytesOf(archive, { step: ["6"] })).toEqual(Buffer.from(at(6)));
		await place.put("b.grib", at(18));
		await place.remove("a.grib");
		await expect(bytesOf(archive, { step: ["6"] })).rejects.toThrow(
			ChangedFile,
		);
		await archive.refresh();
		expect(await bytesOf(archive)).toEqual(Buffer.from(at(18)));
		expect(archive.files()).toHaveLength(1);
	});

	test("one of the same length is another one too", async () => {
		await place.put("a.grib", field({}, 1));
		const archive = await open();
		await place.put("a.grib", field({}, 2));
		await expect(bytesOf(archive)).rejects.toThrow(ChangedFile);
		await archive.refresh();
		expect(await bytesOf(archive)).toEqual(Buffer.from(field({}, 2)));
	});

	test("of identical messages the last indexed answers, after a restart too", async () => {
		await place.put("b.grib", field({}, 1));
		const archive = await open();
		await place.put("a.grib", field({}, 2));
		await archive.refresh();
		for (const one of [archive, await open()])
			expect(await bytesOf(one)).toEqual(Buffer.from(field({}, 2)));
	});

	test("broken messages cost themselves, one whose values cannot be read its values", async () => {
		const strange = Buffer.from(at(6));
		// The template of section 5, which follows its number of values.
		strange.writeUInt16BE(50_000, sectionAt(strange, 5) + 9);
		await place.put("a.grib", at(0), Buffer.from("rubbish"), strange);
		const archive = await open();
		const inFiles = archive
			.faults()
			.filter(({ offset }) => offset !== undefined);
		expect(inFiles).toMatchObject([{ offset: at(0).length }]);
		expect(await bytesOf(archive)).toEqual(Buffer.concat([at(0), strange]));
		using sources = new OpenSources();
		const fields = await openFields(archive, sources);
		expect(() => fields[1]?.grid()).toThrow(UnsupportedField);
		expect(() => fields[1]?.cost(Uint32Array.of(0, 1))).toThrow("50000");
	});

	test("a reader that stops is heard, one that leaves ends it", async () => {
		await place.put("a.grib", at(0), at(6));
		const archive = await open();
		const stop = new AbortController();
		const { stream } = await archive.retrieve({}, stop.signal);
		stop.abort(new Error("enough"));
		await expect(Array.fromAsync(stream)).rejects.toThrow("enough");
		for await (const _ of (await archive.retrieve({}, signal)).stream) break;
	});
});
