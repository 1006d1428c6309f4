import { writeFileSync } from "node:fs";
import { rm, writeFile } from "node:fs/promises";
import type { ServerResponse } from "node:http";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { field, sectionAt } from "../../../test/kit/fields.ts";
import {
	type TemporaryFolder,
	temporaryFolder,
} from "../../../test/kit/temporary.ts";
import { until } from "../../../test/kit/until.ts";
import { serveFolder, type WebServer } from "../../../test/kit/web.ts";
import { RemoteError } from "../../bytes/range.ts";
import { extract } from "../../extract.ts";
import { octahedralGrid } from "../../grid/octahedral.ts";
import { type ArchiveOptions, openArchive } from "../archive.ts";
import { fieldsOf, OpenSources } from "../fields.ts";
import { tableOf } from "../table.ts";
import { Remotes } from "./remotes.ts";

const signal = new AbortController().signal;
const at = (step: number) => field({ step }, step + 1);
const large = (step: number, size = 320) => {
	const grid = octahedralGrid(size);
	const values = Float64Array.from({ length: grid.size }, (_, i) => i % 977);
	return field({ step, grid, values });
};

let folder: TemporaryFolder;
let web: WebServer;
beforeEach(async () => {
	folder = await temporaryFolder("remote");
	web = await serveFolder(folder.path);
});
afterEach(async () => {
	await web[Symbol.asyncDispose]();
	await folder[Symbol.asyncDispose]();
});

const put = (name: string, ...parts: Uint8Array[]) =>
	writeFile(join(folder.path, name), Buffer.concat(parts));

async function open(options: Partial<ArchiveOptions> = {}) {
	const archive = await openArchive(
		{
			path: [`${web.url}/a.grib?token=secret`],
			http: { pauses: [1, 1] },
			...options,
		},
		signal,
	);
	await archive.refresh();
	return archive;
}

describe("requests that are sent", () => {
	test("to index long messages: one for each, one more, and the look before", async () => {
		await put("a.grib", ...[0, 6, 12, 18].map((step) => large(step)));
		const archive = await open();
		expect(archive.messages(`${web.url}/a.grib`)).toHaveLength(0);
		expect(archive.messages(archive.files()[0] ?? "")).toHaveLength(4);
		expect(web.asked).toHaveLength(1 + 1 + 4);
	});

	test("to index short messages: one for all that fit into two MiB", async () => {
		await put("a.grib", ...Array.from({ length: 500 }, (_, step) => at(step)));
		const archive = await open();
		expect(archive.messages(archive.files()[0] ?? "")).toHaveLength(500);
		expect(web.asked.length).toBeLessThanOrEqual(1 + 3);
	});

	test("none to index again what is unchanged, after a restart too", async () => {
		await using index = await temporaryFolder("index");
		await put("a.grib", large(0), large(6));
		await open({ indexFolder: index.path });
		const before = web.asked.length;
		const archive = await open({ indexFolder: index.path });
		expect(archive.messages(archive.files()[0] ?? "")).toHaveLength(2);
		expect(web.asked.slice(before)).toEqual(["/a.grib?token=secret bytes=0-0"]);
	});

	test("a few at a time for many files", async () => {
		const names = Array.from({ length: 12 }, (_, i) => `${i}.grib`);
		for (const [step, name] of names.entries()) await put(name, at(step));
		const path = names.map((name) => `${web.url}/${name}`);
		const archive = await open({ path });
		expect(archive.files()).toHaveLength(12);
		expect(web.most).toBeGreaterThan(1);
		expect(web.most).toBeLessThanOrEqual(8);
	});

	test("one for a value whose place the index knows, and none to look at the file", async () => {
		await put("a.grib", large(0), large(6));
		const archive = await open();
		const access = { path: [`${web.url}/a.grib?token=secret`] };
		using sources = new OpenSources();
		const [first] = await fieldsOf(tableOf(archive.select({ step: ["6"] })), {
			sources,
			remotes: new Remotes(access),
			learnt: { of: () => ({}), keep: () => {} },
		});
		const before = web.asked.length;
		const out = new Float64Array(1);
		await first?.read(Uint32Array.of(1000, 1001), out);
		expect(out[0]).toBeCloseTo(23, 1);
		expect(web.asked.slice(before)).toHaveLength(1);
		expect(first?.cost(Uint32Array.of(1000, 1001)).bytes).toBeLessThan(9);
	});

	test("none for a look while the last one is good, one where a field is missing", async () => {
		const clock = { time: 0 };
		await put("a.grib", at(0));
		const archive = await open({ now: () => clock.time });
		const before = web.asked.length;
		clock.time = 20_000;
		await archive.find({ step: ["0"] }, signal);
		expect(web.asked.slice(before)).toEqual([]);
		await expect(archive.find({ step: ["6"] }, signal)).rejects.toThrow("step");
		expect(web.asked.slice(before)).toHaveLength(1);
		await put("a.grib", at(0), at(6));
		clock.time += 4000;
		expect(await archive.find({ step: ["6"] }, signal)).toHaveLength(1);
	});
});

describe("a stream of whole messages", () => {
	/** Holds all ranges that are longer than a header's, until they are let go. */
	function holding() {
		const held: ServerResponse[] = [];
		web.instead = (request, response) => {
			const [, from, to] =
				/=(\d+)-(\d+)/.exec(request.headers.range ?? "") ?? [];
			if (Number(to) - Number(from) < 1_000_000) return false;
			held.push(response);
			return true;
		};
		return held;
	}
	const many = async () => {
		const first = large(0, 900);
		const messages = [0, 6, 12, 18].map((step) => {
			const message = Buffer.from(first);
			// The forecast time of section 4.
			message.writeUInt32BE(step, sectionAt(message, 4) + 18);
			return message;
		});
		await put("a.grib", ...messages);
		return Buffer.concat(messages);
	};

	test("asks for a few pieces ahead, and for no more while nobody reads", async () => {
		const whole = await many();
		const archive = await open();
		const { stream } = await archive.retrieve({}, signal);
		const before = web.asked.length;
		const chunks = stream[Symbol.asyncIterator]();
		const first = await chunks.next();
		await until("the pieces ahead are there", () => web.open === 0);
		expect(web.asked.slice(before).length).toBeLessThanOrEqual(5);
		const rest = await Array.fromAsync({
			[Symbol.asyncIterator]: () => chunks,
		});
		const got = Buffer.concat([...(first.done ? [] : [first.value]), ...rest]);
		expect(got.equals(whole)).toBe(true);
	}, 30_000);

	test("that is stopped ends its requests at once", async () => {
		await many();
		const archive = await open();
		const held = holding();
		const stop = new AbortController();
		const { stream } = await archive.retrieve({}, stop.signal);
		const read = Array.fromAsync(stream);
		await until("it reads", () => held.length === 4);
		stop.abort(new Error("enough"));
		await expect(read).rejects.toThrow("enough");
		await until("nothing is under way", () => web.open === 0);
		expect(held).toHaveLength(4);
	}, 30_000);
});

describe("a server", () => {
	const refusal = async (archive: Awaited<ReturnType<typeof open>>) => {
		try {
			const { stream } = await archive.retrieve({}, signal);
			await Array.fromAsync(stream);
			return undefined;
		} catch (error) {
			expect(String(error)).not.toContain("secret");
			expect(JSON.stringify(archive.faults())).not.toContain("secret");
			return error;
		}
	};
	const answering = (status: number, headers = {}) => {
		web.instead = (_, response) => {
			response.writeHead(status, headers).end("not this");
			return true;
		};
	};

	test.each([
		[503, true, "answered 503"],
		[403, false, "access denied"],
		[302, false, "a redirect"],
		[200, false, "only servers that honour Range"],
	])(
		"that answers %s fails a request, for good or not",
		async (status, temporary, text) => {
			answering(status, { location: "/elsewhere" });
			const archive = await open();
			const error = await refusal(archive);
			expect(error).toBeInstanceOf(RemoteError);
			expect(error).toMatchObject({
				temporary,
				message: expect.stringContaining(text),
			});
			expect(archive.faults()).toMatchObject([
				{ file: `${web.url}/a.grib`, reason: expect.stringContaining(text) },
			]);
		},
	);

	test("without the file has no fields", async () => {
		const archive = await open();
		expect(String(await refusal(archive))).toContain("no fields");
		expect(archive.faults()).toMatchObject([{ reason: "no file is there" }]);
	});

	test("that is away costs no index: its files are what they were when it is back", async () => {
		await using index = await temporaryFolder("index");
		await put("a.grib", large(0));
		const archive = await open({ indexFolder: index.path });
		answering(502);
		await archive.refresh();
		expect(archive.files()).toHaveLength(1);
		expect(await refusal(archive)).toMatchObject({ temporary: true });
		web.instead = () => false;
		const before = web.asked.length;
		await archive.refresh();
		expect(web.asked.slice(before)).toHaveLength(1);
		expect(await refusal(archive)).toBeUndefined();
	});

	test("that fails while a file is indexed is asked for it again", async () => {
		await put("a.grib", large(0));
		web.instead = (request, response) => {
			if (request.headers.range === "bytes=0-0") return false;
			response.destroy();
			return true;
		};
		const archive = await open();
		expect(await refusal(archive)).toMatchObject({ temporary: true });
		web.instead = () => false;
		await archive.refresh();
		expect(await refusal(archive)).toBeUndefined();
	});

	test("that has another file by the time it is indexed is asked again", async () => {
		await put("a.grib", large(0));
		let changed = false;
		web.instead = (request) => {
			if (changed || request.headers.range === "bytes=0-0") return false;
			changed = true;
			writeFileSync(join(folder.path, "a.grib"), large(6));
			return false;
		};
		const archive = await open();
		expect(archive.files()).toEqual([]);
		expect(await archive.find({ step: ["6"] }, signal)).toHaveLength(1);
		expect(await refusal(archive)).toBeUndefined();
	});

	test("with new files keeps nobody waiting who wants others", async () => {
		const clock = { time: 0 };
		await put("a.grib", large(0));
		const path = ["a", "b"].map((name) => `${web.url}/${name}.grib`);
		const archive = await open({ path, now: () => clock.time });
		await put("b.grib", large(6));
		clock.time += 100_000;
		const held: (() => void)[] = [];
		web.instead = (request, response) => {
			if (request.headers.range === "bytes=0-0") return false;
			held.push(() => response.destroy());
			return true;
		};
		expect(await archive.find({ step: ["0"] }, signal)).toHaveLength(1);
		await until("the new file is being indexed", () => held.length === 1);
		const missed = archive.find({ step: ["6"] }, signal);
		web.instead = () => false;
		held.pop()?.();
		expect(await missed).toHaveLength(1);
	});

	test("that says less than there is, or nothing, is not believed", async () => {
		await put("a.grib", at(0));
		const archive = await open({ http: { pauses: [1], patience: 50 } });
		web.instead = (_, response) => {
			response.writeHead(206, { "content-range": "bytes 0-9/10" });
			response.end("0123456789");
			return true;
		};
		expect(String(await refusal(archive))).toContain("has changed");
		web.instead = () => true;
		expect(await refusal(archive)).toMatchObject({ temporary: true });
	});

	test("that is another's: nobody reads a file to which no path leads", async () => {
		await put("a.grib", at(0));
		await put("b.grib", at(0));
		const archive = await open();
		const [file] = tableOf(archive.select({})).files;
		const remotes = new Remotes({ path: [`${web.url}/b.grib`] });
		expect(() => file && remotes.source(file)).toThrow("nobody said");
		await rm(join(folder.path, "b.grib"));
	});
});

describe("features of many fields", () => {
	/** A file for each of 24 steps, and how they are reached. */
	async function steps() {
		const names = Array.from({ length: 24 }, (_, i) => `${i}.grib`);
		for (const [step, name] of names.entries()) await put(name, at(step));
		const grib = names.map((name) => `${web.url}/${name}`);
		return { grib };
	}
	const series = {
		type: "timeseries",
		points: [[10, 20]],
		time_axis: "step",
		range: { start: 0, end: 23 },
	};
	const samples = {
		type: "trajectory",
		axes: ["latitude", "longitude", "step"],
		sample: true,
		points: Array.from({ length: 24 }, (_, step) => [10, 20, step]),
	};

	test.each([
		["a series", series],
		["a path", samples],
		[
			"a box",
			{
				type: "boundingbox",
				points: [
					[80, 0],
					[-80, 300],
				],
			},
		],
	])("%s is read from several at a time, and is right", async (_, feature) => {
		const { grib } = await steps();
		using found = await extract({ grib }, { param: "2t", feature });
		web.most = 0;
		const before = web.asked.length;
		const text = Buffer.concat(await Array.fromAsync(found.answer.stream()));
		expect(web.most).toBeGreaterThan(3);
		expect(web.most).toBeLessThanOrEqual(16);
		expect(web.asked.slice(before)).toHaveLength(24);
		using here = await extract(
			{ grib: [folder.path] },
			{ param: "2t", feature },
		);
		const same = Buffer.concat(await Array.fromAsync(here.answer.stream()));
		expect(text.toString()).toBe(same.toString());
		expect(found.answer.fieldsRead()).toBe(24);
	});

	test("who leaves ends what was begun ahead", async () => {
		const { grib } = await steps();
		const stop = new AbortController();
		using found = await extract(
			{ grib },
			{ param: "2t", feature: samples },
			{},
			stop.signal,
		);
		web.instead = () => true;
		const read = Array.fromAsync(found.answer.stream());
		await until("it reads ahead", () => web.open === 8);
		stop.abort(new Error("enough"));
		await expect(read).rejects.toThrow("enough");
		await until("nothing is under way", () => web.open === 0);
	});
});
