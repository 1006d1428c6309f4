import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Client } from "minio";
import { afterAll, beforeAll, expect, test } from "vitest";
import { field } from "../../../test/kit/fields.ts";
import { type S3Server, startS3 } from "../../../test/kit/s3.ts";
import { INSTALL_TIMEOUT } from "../../../test/kit/tools.ts";
import { openArchive } from "../archive.ts";
import { Remotes } from "./remotes.ts";

const signal = new AbortController().signal;
const KEYS = [
	"era5/2024/a.grib",
	"era5/2024/b.grib2",
	"era5/2025/a.grib",
	"era5/.hidden/c.grib",
	"era5/2025/.part",
	"era5-land/a.grib",
	"grüße/ein wort, (noch eins) & =.grib",
];

let server: S3Server;
let client: Client;
beforeAll(async () => {
	server = await startS3();
	const { accessKey, secretKey, port } = server;
	client = new Client({
		endPoint: "127.0.0.1",
		port,
		useSSL: false,
		accessKey,
		secretKey,
	});
	await client.makeBucket("data");
	for (const key of KEYS)
		await client.putObject("data", key, field({ step: 6 }));
}, INSTALL_TIMEOUT);
afterAll(() => server[Symbol.asyncDispose]());

const at = (path: string): string =>
	`s3://127.0.0.1:${server.port}/${path}?tls=false`;
const found = async (path: string, keys = true): Promise<string[]> => {
	const { accessKey, secretKey } = server;
	const access = {
		path: [path],
		...(keys && { keys: { accessKey, secretKey } }),
	};
	const files = await new Remotes(access, { pauses: [] }).find(path, signal);
	return files.map(({ path }) => path.split("/").slice(4).join("/")).sort();
};

test.each([
	["a key", "data/era5/2024/a.grib", ["era5/2024/a.grib"]],
	[
		"a prefix, up to a slash; without what is hidden",
		"data/era5",
		["era5/2024/a.grib", "era5/2024/b.grib2", "era5/2025/a.grib"],
	],
	["the same with its slash", "data/era5/2025/", ["era5/2025/a.grib"]],
	["a pattern", "data/era5/*/*.grib", ["era5/2024/a.grib", "era5/2025/a.grib"]],
	["a pattern of any depth", "data/**/*.grib{2,3}", ["era5/2024/b.grib2"]],
	[
		"a pattern of folders",
		"data/era5/202[45]",
		["era5/2024/a.grib", "era5/2024/b.grib2", "era5/2025/a.grib"],
	],
	["what is not there", "data/era6", []],
	[
		"letters of any kind",
		`data/${encodeURIComponent("grüße")}/ein wort, (noch eins) & =.grib`,
		["grüße/ein wort, (noch eins) & =.grib"],
	],
])("%s leads to its objects", async (_, path, keys) => {
	expect(await found(at(path))).toEqual(keys);
});

test("all of a bucket, beyond the first page", async () => {
	await client.makeBucket("many");
	await client.putObject("many", "deep/0.grib", field());
	// As the server keeps objects that others put there: it knows no tag of them.
	await Promise.all(
		Array.from({ length: 1005 }, (_, i) =>
			writeFile(join(server.objects, "many", "deep", `${i}.grib`), field()),
		),
	);
	expect(await found(at("many"))).toHaveLength(1005);
}, 30_000);

test("an object with an odd name is read", async () => {
	const { accessKey, secretKey } = server;
	const archive = await openArchive(
		{ path: [at("data/grüße")], keys: { accessKey, secretKey } },
		signal,
	);
	const { stream } = await archive.retrieve({}, signal);
	expect(Buffer.concat(await Array.fromAsync(stream))).toEqual(
		field({ step: 6 }),
	);
});

test("a bucket that is open to all needs no keys, one that is not says so", async () => {
	await expect(found(at("data/era5/2024/a.grib"), false)).rejects.toThrow(
		"access denied",
	);
	await expect(found(at("data/era5/*"), false)).rejects.toMatchObject({
		name: "RemoteError",
		temporary: false,
		fault: "denied",
	});
	await client.makeBucket("open");
	await client.putObject("open", "a.grib", field());
	const statement = (Action: string, Resource: string) => ({
		Effect: "Allow",
		Principal: "*",
		Action,
		Resource,
	});
	await client.setBucketPolicy(
		"open",
		JSON.stringify({
			Version: "2012-10-17",
			Statement: [
				statement("s3:GetObject", "arn:aws:s3:::open/*"),
				statement("s3:ListBucket", "arn:aws:s3:::open"),
			],
		}),
	);
	const archive = await openArchive({ path: [at("open/*.grib")] }, signal);
	const { stream } = await archive.retrieve({}, signal);
	expect(Buffer.concat(await Array.fromAsync(stream))).toEqual(field());
});

test("a wrong key is told, and neither it nor what was signed", async () => {
	const keys = { accessKey: server.accessKey, secretKey: "wrong-secret" };
	for (const path of [at("data/era5/2024/a.grib"), at("data/*")]) {
		const error = await new Remotes({ path: [path], keys })
			.find(path, signal)
			.catch((error: unknown) => error);
		expect(error).toMatchObject({ fault: "denied", temporary: false });
		const all = `${error} ${JSON.stringify(error)} ${error instanceof Error ? error.cause : ""}`;
		expect(all).not.toMatch(/wrong-secret|Signature=|AWS4|test-access/);
	}
});

test("a bucket that is not there is no fault that passes; a server that is away is", async () => {
	await expect(found(at("nowhere/a.grib"))).rejects.toMatchObject({
		temporary: false,
		message: expect.stringContaining("nowhere cannot be listed: NoSuchBucket"),
	});
	await server.kill();
	await expect(found(at("data/*"))).rejects.toMatchObject({ temporary: true });
	await expect(found(at("data/a"))).rejects.toMatchObject({ temporary: true });
	await server.start();
	expect(await found(at("data/era5-land"))).toHaveLength(1);
});
