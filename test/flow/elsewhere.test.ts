import { readdir, readFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { Client } from "minio";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { extract } from "../../hypercube/extract.ts";
import {
	sampleZarrMapping,
	writeSampleZarr,
} from "../../services/worker/sample/zarr.ts";
import { download } from "../kit/caller.ts";
import { type S3Server, startS3 } from "../kit/s3.ts";
import { copySample } from "../kit/sample.ts";
import { type TemporaryFolder, temporaryFolder } from "../kit/temporary.ts";
import { INSTALL_TIMEOUT } from "../kit/tools.ts";
import { until } from "../kit/until.ts";
import { serveFolder, type WebServer } from "../kit/web.ts";
import { openTestWorld, type TestWorld } from "../kit/world.ts";
import { WORLDS_HERE } from "../kit/worlds.ts";

const RUN = {
	class: "od",
	stream: "oper",
	type: "fc",
	expver: "0001",
	date: "20250101",
	time: "0000",
	levtype: "sfc",
	param: "2t/msl",
};
const SERIES = {
	...RUN,
	feature: {
		type: "timeseries",
		points: [[48.85, 2.35]],
		time_axis: "step",
		range: { start: 6, end: 24 },
	},
};
const MAPPING = JSON.stringify({
	...sampleZarrMapping.keys,
	params: sampleZarrMapping.params,
});
const FILE = "20250101-oper-fc.grib2";

describe.each(WORLDS_HERE)("archives elsewhere, %s", (name) => {
	let server: S3Server;
	let folder: TemporaryFolder;
	let sample: string;
	let zarr: string;
	let web: WebServer;
	let it: TestWorld;
	beforeAll(async () => {
		folder = await temporaryFolder("elsewhere");
		sample = join(folder.path, "sample");
		await copySample(sample);
		server = await startS3();
		web = await serveFolder(sample);
		await fill(server, sample);
		zarr = join(folder.path, "sample.zarr");
		await writeSampleZarr(zarr);
		await fillZarr(server, zarr);
		const keys = `access_key: ${server.accessKey}, secret_key: "${server.secretKey}"`;
		const s3 = `path: "s3://127.0.0.1:${server.port}/data/od/*.grib2?tls=false", ${keys}`;
		const http = `path: "${web.url}/${FILE}?token=secret-of-a-path"`;
		it = await openTestWorld({
			split: name === "split",
			config: `
retry: {times: 50, first: 100ms, most: 200ms}
datasources:
  whole: {type: grib, ${s3}}
  cut: {type: features, ${s3}}
  there: {type: grib, ${http}}
  cut-there: {type: features, ${http}}
  disk: {type: features, zarr: "${zarr}", zarr_keys: ${MAPPING}}
  cube: {type: features, zarr: "s3://127.0.0.1:${server.port}/data/sample.zarr?tls=false", ${keys}, zarr_keys: ${MAPPING}}
  wrong: {type: grib, path: "s3://127.0.0.1:${server.port}/data/od/${FILE}?tls=false", access_key: ${server.accessKey}, secret_key: not-the-key}
collections:
  bucket: {datasources: [whole, cut]}
  web: {datasources: [there, cut-there]}
  cube: {datasources: [cube]}
  disk: {datasources: [disk]}
  wrong: {datasources: [wrong]}
`,
		});
	}, INSTALL_TIMEOUT);
	afterAll(async () => {
		await it[Symbol.asyncDispose]();
		await web[Symbol.asyncDispose]();
		await server[Symbol.asyncDispose]();
		await folder[Symbol.asyncDispose]();
	});

	const fetched = async (
		collection: string,
		request: object,
	): Promise<Buffer> => {
		const id = await it.demo().submit(collection, request);
		const { code, message, location } = await it.demo().ended(id);
		expect(code, message).toBe(303);
		return download(location);
	};
	const alone = async (request: typeof SERIES): Promise<string> => {
		const path = join(sample, FILE);
		using found = await extract({ grib: [path] }, request);
		return Buffer.concat(
			await Array.fromAsync(found.answer.stream()),
		).toString();
	};

	test.each(["bucket", "web"])(
		"%s: whole messages, and features, as from a disk",
		async (collection) => {
			const bytes = await fetched(collection, { ...RUN, step: "6/12" });
			const file = await readFile(join(sample, FILE));
			expect(bytes.length).toBeGreaterThan(1000);
			expect(bytes.toString("latin1", 0, 4)).toBe("GRIB");
			expect(file.includes(bytes.subarray(0, bytes.length / 4))).toBe(true);
			const series = await fetched(collection, SERIES);
			expect(series.toString()).toBe(await alone(SERIES));
		},
	);

	test("a Zarr in a bucket, as from a disk", async () => {
		const answer = await fetched("cube", SERIES);
		expect(JSON.parse(answer.toString()).coverages).toHaveLength(1);
		expect(answer).toEqual(await fetched("disk", SERIES));
	});

	test("a dry run reads nothing and tells no secret", async () => {
		const response = await fetch(`${it.url()}/api/v1/requests/web?plan=true`, {
			method: "POST",
			headers: {
				authorization: "Bearer demo-key",
				"content-type": "application/json",
			},
			body: JSON.stringify({ verb: "retrieve", request: SERIES }),
		});
		const text = await response.text();
		expect(response.status, text).toBe(200);
		expect(text).toContain('"fields":8');
		expect(text).not.toMatch(/secret|127\.0\.0\.1/);
	});

	test("wrong keys fail a request, and are not told", async () => {
		const id = await it.demo().submit("wrong", { ...RUN, step: "6" });
		const { code, message } = await it.demo().ended(id);
		expect(code).toBe(400);
		expect(message).toContain("access denied");
		expect(message).not.toMatch(/not-the-key|Signature|token/);
	});

	test("while the server is away requests wait, and are served when it is back", async () => {
		await server.kill();
		const whole = await it.demo().submit("bucket", { ...RUN, step: "18" });
		const series = await it.demo().submit("bucket", SERIES);
		const tried = new Set<string>();
		const begun = new Set<string>();
		await until("both were tried", async () => {
			for (const { id, status } of await it.demo().list()) {
				if (status === "processing") begun.add(id);
				if (status === "waiting" && begun.has(id)) tried.add(id);
			}
			return tried.has(whole) && tried.has(series);
		});
		await server.start();
		for (const id of [whole, series]) {
			const { code, message } = await it.demo().ended(id);
			expect(code, message).toBe(303);
		}
	});

	test("an object that is replaced is read anew", async () => {
		const client = clientOf(server);
		const bytes = await readFile(join(sample, FILE));
		const twice = Buffer.concat([bytes, bytes]);
		await client.putObject("data", `od/${FILE}`, twice);
		const series = await fetched("bucket", SERIES);
		expect(series.toString()).toBe(await alone(SERIES));
		const whole = await fetched("bucket", { ...RUN, step: "6" });
		expect(whole.toString("latin1", 0, 4)).toBe("GRIB");
	});
});

const clientOf = ({ port, accessKey, secretKey }: S3Server): Client =>
	new Client({
		endPoint: "127.0.0.1",
		port,
		useSSL: false,
		accessKey,
		secretKey,
	});

async function fill(server: S3Server, folder: string): Promise<void> {
	const client = clientOf(server);
	await client.makeBucket("data");
	for (const name of await readdir(folder))
		if (name.endsWith(".grib2"))
			await client.putObject(
				"data",
				`od/${name}`,
				await readFile(join(folder, name)),
			);
}

async function fillZarr(server: S3Server, folder: string): Promise<void> {
	const client = clientOf(server);
	const entries = await readdir(folder, {
		recursive: true,
		withFileTypes: true,
	});
	for (const entry of entries.filter((one) => one.isFile())) {
		const path = join(entry.parentPath, entry.name);
		const key = `sample.zarr/${relative(folder, path)}`;
		await client.putObject("data", key, await readFile(path));
	}
}
