import { Client } from "minio";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { download, sha256 } from "../kit/caller.ts";
import { type S3Server, startS3 } from "../kit/s3.ts";
import { INSTALL_TIMEOUT } from "../kit/tools.ts";
import { until } from "../kit/until.ts";
import { openTestWorld, type TestWorld } from "../kit/world.ts";
import { WORLDS_HERE } from "../kit/worlds.ts";

describe.each(WORLDS_HERE)("results on S3, %s", (name) => {
	let server: S3Server;
	let it: TestWorld;
	beforeAll(async () => {
		server = await startS3();
		it = await openTestWorld({
			split: name === "split",
			config: `
worker: {drain: 200ms}
garbage-collector: {interval: 500ms, dangling_age: 1s}
datasources: {slow: {type: dummy, pace: 50ms}}
collections: {slow: {datasources: [slow]}}
staging:
  url: ${server.urlOf(name)}
  access_key: ${server.accessKey}
  secret_key: ${server.secretKey}
  max_result: 80MiB
`,
		});
	}, INSTALL_TIMEOUT);
	afterAll(async () => {
		await it[Symbol.asyncDispose]();
		await server[Symbol.asyncDispose]();
	});

	const result = async (id: string): Promise<Buffer> => {
		const ended = await it.demo().ended(id);
		expect(ended.code, ended.message).toBe(303);
		return download(ended.location);
	};
	const staged = async (): Promise<number> =>
		(await Array.fromAsync(it.world().staging.list({}))).length;

	test("a small one, and one of several parts", async () => {
		const text = await it.demo().submit("echo", "grüß: dich");
		expect((await result(text)).toString()).toBe("grüß: dich");
		const id = await it.demo().submit("dummy", { size: "30MB" });
		expect(sha256(await result(id))).toBe(sha256(Buffer.alloc(30e6, "x")));
	});

	test("a revoked request leaves no upload behind", async () => {
		const before = await staged();
		const id = await it.demo().submit("slow", { size: "70MiB" });
		await until("its upload is begun", async () => (await staged()) > before);
		expect(await it.demo().revoke(id)).toBe(200);
		await until("its upload is gone", async () => (await staged()) === before);
	});

	test("an upload that is begun under the key of a result, too late, goes; the result stays", async () => {
		const before = await staged();
		const id = await it.demo().submit("dummy", { size: "30MB" });
		await result(id);
		const { request } = await it.world().store.get({ id });
		const key = request?.result?.key ?? "";
		const bucket = new Client({
			endPoint: "127.0.0.1",
			port: server.port,
			useSSL: false,
			accessKey: server.accessKey,
			secretKey: server.secretKey,
		});
		const at = [name, `results/${key}`] as const;
		const upload = await bucket.initiateNewMultipartUpload(...at, {});
		await until(
			"the upload is gone",
			async () => (await bucket.findUploadId(...at)) !== upload,
		);
		expect(await staged()).toBe(before + 1);
		expect((await result(id)).length).toBe(30e6);
	});

	test("a result that is larger than the limit fails with a reason, and leaves nothing", async () => {
		const before = await staged();
		for (const collection of ["dummy", "slow"]) {
			const id = await it.demo().submit(collection, { size: "81MiB" });
			const { code, message } = await it.demo().ended(id);
			expect([code, message]).toEqual([
				400,
				expect.stringMatching(
					/could not be staged: .*at most 83886080 bytes.*ask for less/s,
				),
			]);
		}
		expect(await staged()).toBe(before);
	});

	test("a server that is away for a moment costs time, not the request", async () => {
		const id = await it.demo().submit("slow", { size: "60MiB" });
		await until("bytes flow", async () => {
			const { running } = await it.world().worker.describe({});
			return running.some(
				(one) => one.requestId === id && one.bytes > 4n * 2n ** 20n,
			);
		});
		await server.kill();
		await until("parts are gathered without it", async () => {
			const { running } = await it.world().worker.describe({});
			return running.some(
				(one) => one.requestId === id && one.bytes > 20n * 2n ** 20n,
			);
		});
		await server.start();
		expect(sha256(await result(id))).toBe(
			sha256(Buffer.alloc(60 * 2 ** 20, "x")),
		);
	});
});

describe("when S3 stays away", () => {
	test("a request is given back, not failed, and served when it is there again", {
		timeout: INSTALL_TIMEOUT,
	}, async () => {
		await using server = await startS3();
		await using it = await openTestWorld({
			split: false,
			config: `
worker: {patience: 300ms}
datasources: {slow: {type: dummy, pace: 50ms}}
collections: {slow: {datasources: [slow]}}
staging: {url: "${server.urlOf("results")}", access_key: ${server.accessKey}, secret_key: ${server.secretKey}}
`,
		});
		const id = await it.demo().submit("slow", { size: "40MiB" });
		await until("bytes flow", async () => {
			const { running } = await it.world().worker.describe({});
			return running.some((one) => one.bytes > 4n * 2n ** 20n);
		});
		await server.kill();
		await until("it is given back", async () => {
			const { running } = await it.world().worker.describe({});
			return running.length === 0;
		});
		expect((await it.demo().poll(id)).code).toBe(202);
		await server.start();
		const ended = await it.demo().ended(id);
		expect(ended.code, ended.message).toBe(303);
		expect((await download(ended.location)).length).toBe(40 * 2 ** 20);
		const left = await Array.fromAsync(it.world().staging.list({}));
		expect(left.map(({ entry }) => entry.case)).toContain("object");
	});

	test("a download that it served breaks off, and the next is told so", {
		timeout: INSTALL_TIMEOUT,
	}, async () => {
		await using server = await startS3();
		await using it = await openTestWorld({
			split: false,
			config: `staging: {url: "${server.urlOf("results")}", access_key: ${server.accessKey}, secret_key: ${server.secretKey}}`,
		});
		const id = await it.demo().submit("dummy", { size: "80MiB" });
		const { location } = await it.demo().ended(id);
		const reader = (await fetch(location)).body?.getReader();
		await reader?.read();
		await server.kill();
		const rest = async (): Promise<void> => {
			while ((await reader?.read())?.done === false);
		};
		await expect(rest()).rejects.toThrow();
		const after = await fetch(location);
		expect([after.status, await after.json()]).toEqual([
			503,
			{ message: "The result cannot be read at the moment" },
		]);
		await server.start();
		expect((await download(location)).length).toBe(80 * 2 ** 20);
	});
});
