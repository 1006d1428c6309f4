import { afterAll, beforeAll, expect, test } from "vitest";
import { type S3Server, startS3 } from "../../../test/kit/s3.ts";
import { INSTALL_TIMEOUT } from "../../../test/kit/tools.ts";
import { systemClock } from "../../platform/clock.ts";
import { openS3 } from "./open.ts";

let server: S3Server;

beforeAll(async () => {
	server = await startS3();
}, INSTALL_TIMEOUT);
afterAll(() => server[Symbol.asyncDispose]());

const open = (changed: Partial<{ url: string; secretKey: string }> = {}) =>
	openS3({
		...server,
		url: server.urlOf("results"),
		clock: systemClock,
		...changed,
	});

test("a missing bucket is made, an existing one is taken, a trial leaves nothing", async () => {
	for (const _ of ["made", "taken"]) {
		const { objects } = await open();
		expect(await Array.fromAsync(objects.list())).toEqual([]);
		await objects[Symbol.asyncDispose]();
	}
});

test("several processes may make it at once", async () => {
	const url = server.urlOf("at-once");
	const opened = await Promise.all([1, 2, 3].map(() => open({ url })));
	for (const { objects } of opened) await objects[Symbol.asyncDispose]();
});

test("a server that is away is named, with the reason", async () => {
	await expect(
		open({ url: "s3://127.0.0.1:1/results?tls=false" }),
	).rejects.toThrow(
		/staging\.url: bucket 'results' at http:\/\/127\.0\.0\.1:1 cannot be reached: .*ECONNREFUSED/,
	);
});

test("wrong credentials are said at the start, not in the middle of a result", async () => {
	await expect(open({ secretKey: "wrong" })).rejects.toThrow(
		/bucket 'results' at http:\/\/127\.0\.0\.1:\d+ /,
	);
});
