import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
	type Client,
	Code,
	ConnectError,
	type ConnectRouter,
} from "@connectrpc/connect";
import { describe, expect, onTestFinished, test } from "vitest";
import { StagingService } from "../../gen/polytope/staging/v1/staging_pb.js";
import { newStagingKey } from "../platform/ids.ts";
import { openFar } from "../platform/rpc/far.ts";
import { link } from "../platform/rpc/link.ts";
import { serveRpc } from "../platform/rpc/serve.ts";
import { type Deliver, throughStaging } from "./delivery.ts";
import { openDisk } from "./disk.ts";
import type { Objects } from "./objects.ts";
import { stagingService } from "./service.ts";

interface Started {
	readonly staging: Client<typeof StagingService>;
	readonly objects: Objects;
}

async function started(
	where: "in process" | "over gRPC",
	options: { maxBytes?: number; deliver?: Deliver } = {},
): Promise<Started> {
	const folder = await mkdtemp(join(tmpdir(), "staging-"));
	const objects = await openDisk({ folder, fsync: false });
	onTestFinished(() => rm(folder, { recursive: true, force: true }));
	const service = stagingService({ maxBytes: 0, ...options, objects });
	if (where === "in process") {
		const routes = { routes: route };
		return { staging: link(StagingService, routes), objects };
	}
	const served = await serveRpc(route);
	onTestFinished(() => served[Symbol.asyncDispose]());
	const far = openFar({ urls: [served.url] });
	onTestFinished(() => far[Symbol.dispose]());
	return { staging: link(StagingService, far), objects };

	function route(router: ConnectRouter): void {
		router.service(StagingService, service);
	}
}

const upload = () => ({
	key: newStagingKey(),
	mediaType: "application/x-grib",
	fileName: "result.grib",
});

async function* messages(key: string, bytes: Uint8Array, size = 100_000) {
	yield { key, chunk: new Uint8Array() };
	for (let at = 0; at < bytes.length; at += size)
		yield { chunk: bytes.subarray(at, at + size) };
}

const failsWith = (code: Code) =>
	expect.toSatisfy((reason) => ConnectError.from(reason).code === code);

describe.each(["in process", "over gRPC"] as const)("%s", (where) => {
	test("an upload is begun, written, committed, read and deleted", async () => {
		const { staging } = await started(where);
		const begun = upload();
		const bytes = randomBytes(3_000_000);
		const { target } = await staging.begin(begun);
		expect(target.case).toBe("stream");
		const { length, sha256 } = await staging.write(messages(begun.key, bytes));
		const { object } = await staging.commit({ key: begun.key, length, sha256 });
		expect(object).toMatchObject({ ...begun, length: 3_000_000n });
		expect((await staging.stat({ key: begun.key })).object).toEqual(object);
		const chunks = [];
		for await (const { chunk } of staging.read({ key: begun.key }))
			chunks.push(chunk);
		expect(Buffer.concat(chunks).equals(bytes)).toBe(true);
		await staging.delete({ keys: [begun.key, newStagingKey()] });
		await expect(staging.stat({ key: begun.key })).rejects.toEqual(
			failsWith(Code.NotFound),
		);
		const gone = staging.read({ key: begun.key })[Symbol.asyncIterator]();
		await expect(gone.next()).rejects.toEqual(failsWith(Code.NotFound));
	});

	test("put stores at once, up to its limit", async () => {
		const { staging } = await started(where);
		const data = randomBytes(1 << 20);
		const { object } = await staging.put({ ...upload(), data });
		expect(object?.length).toBe(1n << 20n);
		await expect(
			staging.put({ ...upload(), data: new Uint8Array((1 << 20) + 1) }),
		).rejects.toEqual(failsWith(Code.InvalidArgument));
	});

	test("a wrong checksum is refused, and the upload is gone", async () => {
		const { staging } = await started(where);
		const { key } = upload();
		await staging.begin({ ...upload(), key });
		const { length } = await staging.write(messages(key, randomBytes(1000)));
		const sha256 = "0".repeat(64);
		await expect(staging.commit({ key, length, sha256 })).rejects.toEqual(
			failsWith(Code.FailedPrecondition),
		);
		expect(await Array.fromAsync(staging.list({}))).toEqual([]);
	});

	test("a stream that breaks leaves an upload that is listed, and can be aborted", async () => {
		const { staging } = await started(where);
		const { key } = upload();
		await staging.begin({ ...upload(), key });
		async function* broken() {
			yield* messages(key, randomBytes(1000));
			throw new Error("the source broke");
		}
		await expect(staging.write(broken())).rejects.toThrow();
		const [left] = await Array.fromAsync(staging.list({}));
		expect(left?.entry).toMatchObject({ case: "upload", value: { key } });
		await staging.abort({ key });
		expect(await Array.fromAsync(staging.list({}))).toEqual([]);
	});

	test("malformed and unknown things are refused", async () => {
		const { staging } = await started(where);
		const invalid = failsWith(Code.InvalidArgument);
		for (const wrong of [
			{ key: "../../../../etc/passwd" },
			{ mediaType: "text/html; charset=utf-8" },
			{ mediaType: "" },
			{ fileName: "../x" },
			{ fileName: "a\r\nSet-Cookie: x" },
			{ fileName: "" },
			{ fileName: "ü".repeat(101) },
		])
			await expect(staging.begin({ ...upload(), ...wrong })).rejects.toEqual(
				invalid,
			);
		await expect(staging.delete({ keys: ["x"] })).rejects.toEqual(invalid);
		await expect(
			staging.write(messages(newStagingKey(), randomBytes(10))),
		).rejects.toEqual(failsWith(Code.NotFound));
	});

	test("refuses what does not fit, before and while it comes", async () => {
		const { staging } = await started(where, { maxBytes: 10_000 });
		const full = failsWith(Code.ResourceExhausted);
		const begun = upload();
		await expect(
			staging.begin({ ...begun, expectedLength: 10_001n }),
		).rejects.toEqual(full);
		await staging.begin({ ...begun, expectedLength: 10_000n });
		await expect(
			staging.write(messages(begun.key, randomBytes(10_001), 1000)),
		).rejects.toEqual(full);
		await staging.abort({ key: begun.key });
		await staging.put({ ...upload(), data: randomBytes(10_000) });
		await expect(staging.begin(upload())).rejects.toEqual(full);
		expect(await staging.usage({})).toMatchObject({
			bytes: 10_000n,
			objects: 1n,
			thresholdBytes: 10_000n,
		});
	});

	test("locates only what is there, whoever removed it", async () => {
		const { staging, objects } = await started(where);
		const { key, mediaType } = upload();
		const asked = { key, mediaType, baseUrl: "http://here:1" };
		const gone = failsWith(Code.NotFound);
		await expect(staging.locate(asked)).rejects.toEqual(gone);
		await staging.put({ ...upload(), key, data: randomBytes(10) });
		expect((await staging.locate(asked)).url).toContain(key);
		await staging.delete({ keys: [key] });
		await expect(staging.locate(asked)).rejects.toEqual(gone);
		await objects.put({ ...upload(), key }, randomBytes(10));
		expect((await staging.locate(asked)).url).toContain(key);
	});

	test("locates by the public URL, else as the caller was reached", async () => {
		const key = newStagingKey();
		const mediaType = "application/prs.coverage+json";
		const asked = { key, mediaType, baseUrl: "http://here:1/" };
		const stored = { ...upload(), key, data: randomBytes(10) };
		const plain = await started(where);
		await plain.staging.put(stored);
		expect((await plain.staging.locate(asked)).url).toBe(
			`http://here:1/api/v1/downloads/${key}.covjson`,
		);
		const publicUrl = "https://data.example/polytope";
		const deliver = throughStaging(publicUrl);
		const named = await started(where, { deliver });
		await named.staging.put(stored);
		expect((await named.staging.locate(asked)).url).toBe(
			`${publicUrl}/api/v1/downloads/${key}.covjson`,
		);
		await expect(
			plain.staging.locate({ ...asked, baseUrl: "" }),
		).rejects.toEqual(failsWith(Code.InvalidArgument));
	});
});
