import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { extract } from "../../hypercube/extract.ts";
import { download } from "../kit/caller.ts";
import { copySample } from "../kit/sample.ts";
import { type TemporaryFolder, temporaryFolder } from "../kit/temporary.ts";
import { INSTALL_TIMEOUT } from "../kit/tools.ts";
import type { TestWorld } from "../kit/world.ts";
import { openIn, WORLDS } from "../kit/worlds.ts";

const RUN = {
	class: "od",
	stream: "oper",
	type: "fc",
	expver: "0001",
	date: "20250101",
	time: "0000",
};
const SERIES = {
	...RUN,
	levtype: "sfc",
	param: "2t/msl",
	feature: {
		type: "timeseries",
		points: [
			[48.85, 2.35],
			[0, 359.99],
		],
		time_axis: "step",
		range: { start: 6, end: 24 },
	},
};

let archive: TemporaryFolder;
beforeAll(async () => {
	archive = await temporaryFolder("features");
	await copySample(join(archive.path, "sample"));
});
afterAll(() => archive[Symbol.asyncDispose]());

describe.each(WORLDS)("features of an archive, %s", (where) => {
	let it: TestWorld;
	beforeAll(async () => {
		const path = JSON.stringify([join(archive.path, "sample")]);
		it = await openIn(
			where,
			`{datasources: {whole: {type: grib, path: ${path}}, cut: {type: features, path: ${path}, max_points: 100000, max_area: 100000000},
			  v1: {type: polytope, path: ${path}, profile: ogc}},
			  collections: {fields: {datasources: [whole, cut]}, ogc: {datasources: [v1]}}}`,
		);
	}, INSTALL_TIMEOUT);
	afterAll(() => it[Symbol.asyncDispose]());

	const post = async (request: object, query = "", collection = "fields") => {
		const response = await fetch(
			`${it.url()}/api/v1/requests/${collection}${query}`,
			{
				method: "POST",
				headers: {
					authorization: "Bearer demo-key",
					"content-type": "application/json",
				},
				body: JSON.stringify({ verb: "retrieve", request }),
			},
		);
		return {
			status: response.status,
			body: z.looseObject({ message: z.string() }).parse(await response.json()),
		};
	};
	const fetched = async (request: object, collection = "fields") => {
		const id = await it.demo().submit(collection, request);
		const { code, message, location } = await it.demo().ended(id);
		expect(code, message).toBe(303);
		return download(location);
	};

	test("a time series comes as the library gives it", async () => {
		const bytes = await fetched(SERIES);
		const alone = await extract(
			{ grib: [join(archive.path, "sample/20250101-oper-fc.grib2")] },
			SERIES,
		);
		using _ = alone;
		const chunks = await Array.fromAsync(alone.answer.stream());
		expect(bytes.toString()).toBe(Buffer.concat(chunks).toString());
		expect(bytes.toString()).toMatch(/^\{"type": "CoverageCollection"/);
		const { coverages } = JSON.parse(bytes.toString());
		expect(coverages).toHaveLength(2);
		expect(coverages[0].ranges["2t"].values).toHaveLength(4);
		expect(coverages[1].domain.axes.longitude.values).toEqual([0]);
	});

	test("one collection gives whole messages too, to who asks for no feature", async () => {
		const { feature: _, ...keys } = SERIES;
		const bytes = await fetched({ ...keys, step: "6" });
		expect(bytes.toString("latin1", 0, 4)).toBe("GRIB");
	});

	test("formats and profiles are chosen by the request, or by the configuration", async () => {
		const csv = await fetched({ ...SERIES, format: "csv" });
		expect(csv.toString()).toMatch(/^latitude,longitude,.*2t \[K\]/);
		expect(csv.toString().trimEnd().split(/\r?\n/)).toHaveLength(1 + 2 * 4);
		const ogc = JSON.parse((await fetched(SERIES, "ogc")).toString());
		expect(ogc.coverages[0].domain.domainType).toBe("PointSeries");
	});

	test("a dry run tells what would be read, and queues nothing", async () => {
		const before = await it.demo().list();
		const { status, body } = await post(SERIES, "?plan=true");
		expect(status, body.message).toBe(200);
		expect(body).toMatchObject({
			datasource: "cut",
			fields: 8,
			points: 2,
			values: 16,
			coverages: 2,
			bytesToSendIsExact: false,
			parameters: ["2t", "msl"],
		});
		const sent = (await fetched(SERIES)).length;
		expect(body.bytesToSend).toBeGreaterThanOrEqual(sent);
		const { feature: _, ...keys } = SERIES;
		const whole = await post({ ...keys, step: "6" }, "?plan=true");
		expect(whole.body).toMatchObject({ fields: 2, bytesToSendIsExact: true });
		expect(await it.demo().list()).toHaveLength(before.length + 1);
		expect((await post(SERIES, "?plan=maybe")).status).toBe(400);
	});

	test("a feature's faults are told when it is submitted, all of them", async () => {
		const { status, body } = await post({
			...SERIES,
			feature: { type: "position", points: [[95, 0]], colour: "red" },
		});
		expect(status).toBe(400);
		expect(body.message).toContain("95");
		expect(body.message).toContain("colour");
	});

	test("what is too large is refused with the numbers, before it is read", async () => {
		const globe = {
			type: "boundingbox",
			points: [
				[90, 0],
				[-90, 360],
			],
		};
		const { status, body } = await post(
			{ ...SERIES, step: "0", feature: globe },
			"?plan=true",
		);
		expect(status).toBe(400);
		expect(body.message).toMatch(/covers 51\d{7} km².* 100000000 allowed/);
		const id = await it.demo().submit("fields", {
			...SERIES,
			step: "0/to/72",
			feature: {
				type: "boundingbox",
				points: [
					[80, 0],
					[0, 160],
				],
			},
		});
		const ended = await it.demo().ended(id);
		expect(ended.code).toBe(400);
		expect(ended.message).toMatch(/more than the 100000000? allowed/);
	});

	test("steps that are not there are named", async () => {
		const { feature, ...keys } = SERIES;
		const { range: _, ...rest } = feature;
		const id = await it
			.demo()
			.submit("fields", { ...keys, step: "6/7", feature: rest });
		const { code, message } = await it.demo().ended(id);
		expect(code).toBe(400);
		expect(message).toContain("step=7");
	});
});
