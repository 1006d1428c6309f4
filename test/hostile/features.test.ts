import { mkdir, rename, rm, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { download } from "../kit/caller.ts";
import { FIELD, field } from "../kit/fields.ts";
import { copySample } from "../kit/sample.ts";
import { type TemporaryFolder, temporaryFolder } from "../kit/temporary.ts";
import { until } from "../kit/until.ts";
import { openTestWorld, type TestWorld } from "../kit/world.ts";

const PLACE = { type: "position", points: [[1, 1]] };
const GLOBE = {
	type: "boundingbox",
	points: [
		[90, 0],
		[-90, 360],
	],
};
const SAMPLE = {
	class: "od",
	stream: "oper",
	type: "fc",
	expver: "0001",
	date: "20250101",
	time: "0000",
	levtype: "sfc",
	param: "2t/msl",
	step: "0/to/72/by/6",
};

/** Where a section of a message of edition 2 begins. */
function section(message: Buffer, wanted: number): number {
	let place = 16;
	while (message[place + 4] !== wanted) place += message.readUInt32BE(place);
	return place;
}

/** What it is, what is said of it, and how it is made of a good one. */
const FORGED: readonly [string, RegExp, (message: Buffer) => void][] = [
	[
		"more values than points",
		/broken.*4294967295 values/,
		(m) => m.writeUInt32BE(2 ** 32 - 1, section(m, 5) + 5),
	],
	[
		"a section that is longer than the file",
		/broken.*length of 2147483647/,
		(m) => m.writeUInt32BE(2 ** 31 - 1, section(m, 7)),
	],
	[
		"a section of no length",
		/broken.*length of 0/,
		(m) => m.writeUInt32BE(0, section(m, 7)),
	],
	[
		"values of 255 bits",
		/broken.*255 bits/,
		(m) => m.writeUInt8(255, section(m, 5) + 19),
	],
	[
		"a packing that nobody knows",
		/cannot be read.*5\.999/,
		(m) => m.writeUInt16BE(999, section(m, 5) + 9),
	],
];

let folder: TemporaryFolder;
let it: TestWorld;
const at = (name: string) => join(folder.path, "own", name);

beforeAll(async () => {
	folder = await temporaryFolder("hostile");
	await mkdir(join(folder.path, "own"));
	await copySample(join(folder.path, "sample"));
	// Before there is an index: new files are looked for every few seconds.
	for (const [place, [, , change]] of FORGED.entries()) {
		const message = field({ step: 300 + place });
		change(message);
		await writeFile(at(`forged${place}.grib`), message);
	}
	await writeFile(at("replaced.grib"), field({ step: 6 }));
	await writeFile(at("cut.grib"), field({ step: 18 }));
	await writeFile(at("gone.grib"), field({ step: 24 }));
	it = await openTestWorld({
		split: false,
		config: JSON.stringify({
			retry: { times: 9, first: "500ms", most: "1s" },
			datasources: {
				own: { type: "features", path: [join(folder.path, "own")] },
				large: {
					type: "features",
					path: [join(folder.path, "sample")],
					max_points: 1e9,
				},
			},
			collections: {
				own: { datasources: ["own"] },
				large: { datasources: ["large"] },
			},
		}),
	});
});
afterAll(async () => {
	await it[Symbol.asyncDispose]();
	await folder[Symbol.asyncDispose]();
});
afterEach(async () => {
	expect((await fetch(`${it.url()}/api/v1/test`)).status).toBe(200);
});

const ask = async (collection: string, request: object) =>
	it.demo().ended(await it.demo().submit(collection, request));
const asked = (step: number) => ({ ...FIELD, step: `${step}`, feature: PLACE });

test.each(FORGED.map(([name, words], at) => [name, words, at] as const))(
	"a message with %s fails in words",
	async (_, words, at) => {
		const { code, message } = await ask("own", asked(300 + at));
		expect(code).toBe(400);
		expect(message).toMatch(words);
	},
);

describe("a file that changes", () => {
	test("after it was indexed is read again by its new index", async () => {
		expect((await ask("own", asked(6))).code).toBe(303);
		await writeFile(
			at("b"),
			Buffer.concat([field({ step: 12 }), field({ step: 6 }, 500)]),
		);
		await rename(at("b"), at("replaced.grib"));
		// What is open is whole: until somebody looks again it may be served.
		await until("the new one is served", async () => {
			const { code, message, location } = await ask("own", asked(6));
			expect(code, message).toBe(303);
			const { coverages } = JSON.parse((await download(location)).toString());
			return coverages[0].ranges["2t"].values[0] > 400;
		});
	});

	test.each<[string, number, RegExp, () => Promise<void>]>([
		["cut", 18, /found 0|broken/, () => truncate(at("cut.grib"), 150)],
		["taken away", 24, /found 0/, () => rm(at("gone.grib"))],
	])("because it is %s is told", async (_, step, words, change) => {
		expect((await ask("own", asked(step))).code).toBe(303);
		await change();
		const message = await until("it is noticed", async () => {
			const { code, message } = await ask("own", asked(step));
			return code === 400 && message;
		});
		expect(message).toMatch(words);
		expect(message).not.toContain(folder.path);
	});
});

test("a request that is revoked while it is cut out ends, and the next is served", async () => {
	const many = { ...SAMPLE, feature: GLOBE };
	const ids = await Promise.all(
		Array.from({ length: 6 }, () => it.demo().submit("large", many)),
	);
	await until("one runs", async () =>
		(await it.demo().list()).some(({ status }) => status === "processing"),
	);
	expect(await it.demo().revoke("all")).toBe(200);
	for (const id of ids) {
		const { code } = await it.demo().ended(id);
		expect([303, 400, 404]).toContain(code);
	}
	expect(
		(await ask("large", { ...many, step: "0", feature: PLACE })).code,
	).toBe(303);
});

test("a server that is ended while it cuts out serves the request when it runs again", async () => {
	const id = await it.demo().submit("large", { ...SAMPLE, feature: GLOBE });
	await until(
		"it runs",
		async () => (await it.demo().record(id))?.status !== "waiting",
	);
	await it.restart();
	const { code, message, location } = await it.demo().ended(id);
	expect(code, message).toBe(303);
	expect((await download(location)).toString("latin1", 0, 30)).toContain(
		"CoverageCollection",
	);
});
