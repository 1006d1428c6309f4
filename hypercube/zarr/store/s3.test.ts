import { Client } from "minio";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type S3Server, startS3 } from "../../../test/kit/s3.ts";
import { bytesOf, doubles, group, places, single } from "../fixtures/memory.ts";
import { openZarr } from "../zarr.ts";

let server: S3Server | undefined;
let location = "";
let keys = { accessKey: "", secretKey: "" };

beforeAll(async () => {
	server = await startS3();
	const { accessKey, secretKey, port } = server;
	keys = { accessKey, secretKey };
	location = `s3://127.0.0.1:${port}/data/era5/t2m.zarr/?tls=false`;
	const client = new Client({
		endPoint: "127.0.0.1",
		port,
		useSSL: false,
		accessKey,
		secretKey,
	});
	await client.makeBucket("data");
	const objects = {
		...group,
		...places,
		...single("a", doubles(1, 2, 3, 4, 5, 6)),
		...single("b", undefined, { fill: 9 }),
	};
	for (const key of Object.keys(objects))
		await client.putObject(
			"data",
			`era5/t2m.zarr/${key}`,
			Buffer.from(bytesOf(objects, key) ?? ""),
		);
}, 600_000);
afterAll(() => server?.[Symbol.asyncDispose]());

const signal = new AbortController().signal;
const mapping = { params: { a: "2t", b: "msl" } };

test("a Zarr in a bucket is read with its keys", async () => {
	const zarr = await openZarr({ location, keys, mapping }, signal);
	const fields = zarr.select({ param: ["2t", "msl"] });
	const values = await Promise.all(
		fields.map(async (field) => {
			const out = new Float64Array(6);
			await field.read(Uint32Array.of(0, 6), out);
			return [...out];
		}),
	);
	expect(values).toEqual([
		[1, 2, 3, 4, 5, 6],
		[9, 9, 9, 9, 9, 9],
	]);
});

test("wrong keys are told, and not in what is told", async () => {
	const wrong = { ...keys, secretKey: "wrong" };
	const error = await openZarr(
		{ location, keys: wrong, mapping },
		signal,
	).catch((error: unknown) => error);
	expect(error).toMatchObject({ name: "StoreError", denied: true });
	expect(String(error)).not.toMatch(/Signature|wrong/);
});
