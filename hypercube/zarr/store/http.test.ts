import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { ChunkCache } from "../cache.ts";
import {
	arrayV3,
	bytesOf,
	doubles,
	group,
	type Objects,
	places,
	single,
} from "../fixtures/memory.ts";
import { openZarr } from "../zarr.ts";
import { httpStore } from "./http.ts";
import { StoreError } from "./store.ts";

const signal = new AbortController().signal;
const open: AsyncDisposable[] = [];
afterEach(async () => {
	for (const one of open.splice(0)) await one[Symbol.asyncDispose]();
});

type Answer = (
	key: string,
	response: ServerResponse,
	range: string | undefined,
) => boolean;

/** Serves objects below `/data/`, with ranges; `answer` may answer in its place. */
async function serve(objects: Objects, answer: Answer = () => false) {
	const asked: string[] = [];
	const server = createServer((request, response) => {
		const { pathname, search } = new URL(request.url ?? "", "http://localhost");
		const key = decodeURIComponent(pathname.replace("/data/", ""));
		asked.push(`${key}${search}`);
		const { range } = request.headers;
		if (answer(key, response, range)) return;
		const bytes = bytesOf(objects, key);
		if (!bytes) return response.writeHead(404).end();
		const [, from = "", to = ""] =
			/^bytes=(\d*)-(\d*)$/.exec(range ?? "") ?? [];
		if (range === undefined) return response.end(bytes);
		const part =
			from === ""
				? bytes.subarray(-Number(to))
				: bytes.subarray(Number(from), Number(to) + 1);
		return response.writeHead(206).end(part);
	});
	server.listen(0, "127.0.0.1");
	await once(server, "listening");
	open.push({
		[Symbol.asyncDispose]: async () => {
			server.closeAllConnections();
			server.close();
		},
	});
	// A server on a port has an address of this kind.
	const { port } = server.address() as AddressInfo;
	return { url: `http://127.0.0.1:${port}/data`, asked };
}

const consolidated = (objects: Objects): Objects => {
	const metadata = Object.fromEntries(
		Object.entries(objects)
			.filter(([key]) => key.endsWith("/zarr.json"))
			.map(([key, meta]) => [key.replace("/zarr.json", ""), meta]),
	);
	return {
		...objects,
		"zarr.json": {
			zarr_format: 3,
			node_type: "group",
			attributes: {},
			consolidated_metadata: {
				kind: "inline",
				must_understand: false,
				metadata,
			},
		},
	};
};

const values = doubles(1, 2, 3, 4, 5, 6);
const zarr = {
	...group,
	...places,
	...single("a", values),
	...single("b", undefined, { fill: 9 }),
};

async function valuesOf(
	url: string,
	param: string,
	options = {},
): Promise<number[]> {
	const store = httpStore(url, { pauses: [1, 1], ...options });
	const opened = await openZarr(
		{ location: store, cache: new ChunkCache() },
		signal,
	);
	const [field] = opened.select({ param: [param] });
	const out = new Float64Array(6);
	await field?.read(Uint32Array.of(0, 6), out);
	return [...out];
}

describe("a Zarr behind HTTP", () => {
	test("is read by its consolidated metadata; 404 is a chunk that is absent", async () => {
		const { url, asked } = await serve(consolidated(zarr));
		expect(await valuesOf(url, "a")).toEqual([1, 2, 3, 4, 5, 6]);
		expect(await valuesOf(`${url}/`, "b")).toEqual([9, 9, 9, 9, 9, 9]);
		expect(asked).toContain("b/c/0/0");
		// Of the metadata one object is enough.
		expect(asked.filter((key) => key.endsWith("zarr.json"))).toEqual([
			"zarr.json",
			"zarr.json",
		]);
	});

	test("without them by the variables that are named, and what those name", async () => {
		const { url } = await serve(zarr);
		await expect(openZarr({ location: url }, signal)).rejects.toThrow(
			"consolidate",
		);
		const opened = await openZarr(
			{ location: url, mapping: { params: { a: "2t" } } },
			signal,
		);
		expect(opened.axes().param).toEqual(["167"]);
	});

	test("the query of its URL goes with each object, and no error tells it", async () => {
		const { url, asked } = await serve(consolidated(zarr), (key, response) => {
			if (key !== "b/c/0/0") return false;
			response.writeHead(403).end();
			return true;
		});
		expect(await valuesOf(`${url}?token=secret`, "a")).toEqual([
			1, 2, 3, 4, 5, 6,
		]);
		expect(asked.every((key) => key.endsWith("?token=secret"))).toBe(true);
		const error = await valuesOf(`${url}?token=secret`, "b").catch(
			(error: unknown) => error,
		);
		expect(error).toBeInstanceOf(StoreError);
		expect(String(error)).toMatch(/b\/c\/0\/0 answered 403, access denied/);
		expect(String(error)).not.toContain("secret");
	});

	test("a server that fails is asked again; when it goes on, the error says that it may pass", async () => {
		let failures = 2;
		const { url, asked } = await serve(consolidated(zarr), (key, response) => {
			if (!key.startsWith("a/c") || failures-- <= 0) return false;
			if (failures % 2 === 0) response.writeHead(503).end();
			else response.destroy();
			return true;
		});
		expect(await valuesOf(url, "a")).toEqual([1, 2, 3, 4, 5, 6]);
		expect(asked.filter((key) => key === "a/c/0/0")).toHaveLength(3);
		failures = Number.POSITIVE_INFINITY;
		const error = await valuesOf(url, "a").catch((error: unknown) => error);
		expect(error).toMatchObject({ name: "StoreError", temporary: true });
	});

	test("redirects are not followed", async () => {
		const { url, asked } = await serve(consolidated(zarr), (key, response) => {
			if (key !== "a/c/0/0") return false;
			response.writeHead(302, { location: "/data/b/zarr.json" }).end();
			return true;
		});
		await expect(valuesOf(url, "a")).rejects.toThrow("a redirect");
		expect(asked).not.toContain("b/zarr.json");
	});

	test("an object without end is left when it is too long", async () => {
		const { url } = await serve(consolidated(zarr), (key, response) => {
			if (key !== "a/c/0/0") return false;
			const more = (): void => {
				while (!response.destroyed && response.write(Buffer.alloc(65_536)));
				response.once("drain", more);
			};
			more();
			return true;
		});
		await expect(valuesOf(url, "a")).rejects.toThrow("has more than the");
	});

	test("who leaves stops what nobody else waits for", async () => {
		const { promise: reached, resolve } =
			Promise.withResolvers<ServerResponse>();
		const { url } = await serve(consolidated(zarr), (key, response) => {
			if (key !== "a/c/0/0") return false;
			resolve(response);
			return true;
		});
		const opened = await openZarr({ location: url }, signal);
		const [field] = opened.select({ param: ["a"] });
		const leaving = new AbortController();
		const read = field?.read(
			Uint32Array.of(0, 6),
			new Float64Array(6),
			leaving.signal,
		);
		const closed = once(await reached, "close");
		leaving.abort(new Error("enough"));
		await expect(read).rejects.toThrow("enough");
		await closed;
	});

	test("of shards only the chunk is fetched, by ranges", async () => {
		const bytes = { name: "bytes", configuration: { endian: "little" } };
		const index = new Uint8Array(BigUint64Array.of(0n, 24n, 24n, 24n).buffer);
		const codecs = [
			{
				name: "sharding_indexed",
				configuration: {
					chunk_shape: [1, 3],
					codecs: [bytes],
					index_codecs: [bytes],
				},
			},
		];
		const sharded = {
			...places,
			"a/zarr.json": arrayV3({
				shape: [2, 3],
				dimensions: ["lat", "lon"],
				codecs,
			}),
			"a/c/0/0": Buffer.concat([values, index]),
		};
		const ranges: (string | undefined)[] = [];
		const { url } = await serve(consolidated(sharded), (key, _, range) => {
			if (key === "a/c/0/0") ranges.push(range);
			return false;
		});
		const opened = await openZarr({ location: url }, signal);
		const [field] = opened.select({});
		const out = new Float64Array(1);
		await field?.read(Uint32Array.of(4, 5), out);
		expect(out[0]).toBe(5);
		expect(ranges).toEqual(["bytes=-32", "bytes=24-47"]);
	});
});
