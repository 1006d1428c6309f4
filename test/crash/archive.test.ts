import { createHash } from "node:crypto";
import { readdir, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { callerOf, download } from "../kit/caller.ts";
import { FIELD, field } from "../kit/fields.ts";
import { type Product, startProduct } from "../kit/product.ts";
import { type TemporaryFolder, temporaryFolder } from "../kit/temporary.ts";
import { until } from "../kit/until.ts";

let folder: TemporaryFolder;
beforeAll(async () => {
	folder = await temporaryFolder("crash");
	await writeFile(
		join(folder.path, "config.yaml"),
		`
collections: {sample: null, fields: {datasources: [fields]}}
datasources: {fields: {type: grib, archive: archive}}
`,
	);
});
afterAll(() => folder[Symbol.asyncDispose]());

const start = (): Promise<Product> =>
	startProduct({
		data: join(folder.path, "data"),
		config: [join(folder.path, "config.yaml")],
	});

const KEY = { authorization: "Bearer demo-key" };
const md5 = (data: Buffer) => createHash("md5").update(data).digest("hex");

/** Offers a field of this step; gives the path to upload it to. */
async function offer({ url }: Product, step: number): Promise<string> {
	const response = await fetch(`${url}/api/v1/requests/fields`, {
		method: "POST",
		headers: { ...KEY, "content-type": "application/json" },
		body: JSON.stringify({
			verb: "archive",
			request: { ...FIELD, step: `${step}` },
		}),
	});
	await response.text();
	expect(response.status).toBe(202);
	return new URL(response.headers.get("location") ?? "").pathname;
}

async function upload(
	{ url }: Product,
	path: string,
	data: Buffer,
): Promise<number> {
	const headers = { ...KEY, "x-checksum": md5(data) };
	const init = { method: "POST", headers, body: new Uint8Array(data) };
	const response = await fetch(url + path, init);
	await response.text();
	return response.status;
}

const archived = ({ url }: Product, path: string): Promise<number> =>
	until("it is archived", async () => {
		const response = await fetch(`${url}${path}?wait=10`, { headers: KEY });
		await response.text();
		return response.status !== 202 && response.status;
	});

async function retrieved({ url }: Product, step: number): Promise<Buffer> {
	const demo = callerOf(url);
	const id = await demo.submit("fields", { ...FIELD, step: `${step}` });
	return download((await demo.ended(id)).location);
}

test("kill -9 amid an upload and right after one: the one is sent again, the other goes on; nothing is there twice", async () => {
	const [half, whole] = [field({ step: 6 }), field({ step: 12 })];
	await using first = await start();
	const toHalf = await offer(first, 6);
	const { hostname, port } = new URL(first.url);
	const socket = connect(Number(port), hostname).on("error", () => {});
	socket.write(
		`POST ${toHalf} HTTP/1.1\r\nhost: a\r\nauthorization: Bearer demo-key\r\nx-checksum: ${md5(half)}\r\n` +
			`content-length: ${half.length}\r\n\r\n`,
	);
	socket.write(half.subarray(0, 100));
	const toWhole = await offer(first, 12);
	expect(await upload(first, toWhole, whole)).toBe(202);
	await first.kill();

	await using second = await start();
	expect(await archived(second, toWhole)).toBe(200);
	expect(await upload(second, toWhole, whole)).toBe(202);
	expect(await upload(second, toHalf, half)).toBe(202);
	expect(await archived(second, toHalf)).toBe(200);
	expect((await retrieved(second, 12)).equals(whole)).toBe(true);
	expect((await retrieved(second, 6)).equals(half)).toBe(true);
	const names = await readdir(join(folder.path, "archive"), {
		recursive: true,
	});
	expect(names.filter((name) => name.endsWith(".part"))).toEqual([]);
	expect(names.filter((name) => name.endsWith(".grib"))).toHaveLength(2);
});
