import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { python } from "../kit/python.ts";
import { INSTALL_TIMEOUT } from "../kit/tools.ts";
import { type Running, startIn, WORLDS } from "../kit/worlds.ts";
import { type Laptop, laptop } from "./clients.ts";

const COLLECTIONS = ["dummy", "echo", "raise", "sample", "sample-zarr", "slow"];
const FIELD = { shortName: "2t", dataDate: "20250101", stepRange: "0" };
const GRIB_FILE = /^[\w-]+\.grib$/;

/** One request at a time, which takes hours: the others wait behind it. */
const SLOW = `
datasources:
  slow: { type: dummy, pace: 1h }
collections:
  slow: { limits: { total: 1 }, datasources: [slow] }
`;

describe.each(WORLDS)("today's client, %s", (where) => {
	let person: Laptop;
	let product: Running;

	beforeAll(async () => {
		await python();
		person = await laptop();
		const config = join(person.home, "slow.yaml");
		await writeFile(config, SLOW);
		product = await startIn(where, [config]);
	}, INSTALL_TIMEOUT);

	afterAll(async () => {
		await product[Symbol.asyncDispose]();
		await person[Symbol.asyncDispose]();
	});

	test.for([
		["an address", ""],
		["an address with a trailing slash", "/"],
	])(
		"%s reaches ping, collections and user, with each kind of credentials",
		async ([, ending]) => {
			const said = await person.script("account", product.url + ending);
			const user = expect.stringMatching(/received successfully.*demo/s);
			expect(said).toEqual({
				ping: expect.stringContaining("operating and accessible"),
				collections: {
					basic: expect.toSatisfy(sameNames),
					bearer: expect.toSatisfy(sameNames),
					email_key: expect.toSatisfy(sameNames),
				},
				user: { basic: user, bearer: user, email_key: user },
			});
		},
	);

	test("retrieve: a file, no file, several requests, a request file, a pointer", async () => {
		const said = await person.script("retrieve", product.url);
		expect(said).toEqual({
			named: [FIELD],
			returned: ["named.grib", expect.stringMatching(GRIB_FILE)],
			unnamed: [FIELD],
			list: [
				FIELD,
				{ ...FIELD, stepRange: "6" },
				{ ...FIELD, stepRange: "12" },
				FIELD,
			],
			from_file: [FIELD],
			pointer: {
				location: expect.stringMatching(
					/^http:\/\/127[^/]+\/api\/v1\/downloads\//,
				),
				contentType: "application/x-grib",
				contentLength: expect.stringMatching(/^[1-9]\d+$/),
				bytes: expect.any(Number),
			},
			pointed: [FIELD],
		});
		expect(said).toSatisfy(hasTrueLength);
	});

	test("asynchronous: submit, describe, list, download by result, id and URL", async () => {
		const said = await person.script("asynchronous", product.url);
		const id = expect.stringMatching(/^[\w-]{8,}$/);
		expect(said).toMatchObject({
			id,
			description: { id, collection: "sample", verb: "retrieve" },
			later: { id, status: "processed" },
			by_result: [FIELD],
			by_id: [FIELD],
			by_url: [FIELD],
			listed_in_echo: [],
		});
		expect(said).toSatisfy(isListed);
	});

	test("revoke: a waiting request vanishes, all leaves what runs, a running one is cancelled", async () => {
		const said = await person.script("revoke", product.url);
		expect(said).toMatchObject({
			before: expect.toSatisfy(
				(before: Record<string, string>) => Object.keys(before).length === 4,
			),
			download_waiting: {
				type: "HTTPResponseError",
				text: expect.stringContaining("404"),
			},
			download_running: {
				type: "HTTPResponseError",
				text: expect.stringMatching(/\(400\)\nDetails:\n.*cancelled/is),
			},
			revoke_again: { type: "HTTPResponseError" },
		});
		expect(said).toSatisfy(revokedOneByOne);
	});

	test("errors are shown with their reason", async () => {
		const said = await person.script("errors", product.url);
		const refused = (reason: RegExp) => ({
			type: "HTTPResponseError",
			text: expect.stringMatching(reason),
		});
		expect(said).toEqual({
			failed_job: refused(/\(400\)\nDetails:\nRequest failed with error:\n/s),
			failed_pointer: refused(
				/\(400\)\nDetails:\nRequest failed with error:\n/s,
			),
			bad_value: refused(/\(400\)\nDetails:\n.*date.*yesterday/s),
			no_match: refused(/\(400\)\nDetails:\n.*class.*rd/s),
			no_collection: refused(/\(40\d\)\nDetails:\n.*nowhere/s),
			not_a_size: refused(/\(400\)\nDetails:\n.*should be an integer/s),
			wrong_key: refused(/\(401\)/),
			unknown_download: refused(/\(404\)/),
			unknown_describe: {
				type: "PolytopeError",
				text: expect.stringContaining("not found"),
			},
		});
	});
});

interface Pointed {
	readonly pointer: { readonly contentLength: string; readonly bytes: number };
}

function hasTrueLength({ pointer }: Pointed): boolean {
	return Number(pointer.contentLength) === pointer.bytes;
}

function sameNames(names: readonly string[]): boolean {
	return names.toSorted().join() === COLLECTIONS.join();
}

interface Listed {
	readonly id: string;
	readonly listed: readonly string[];
	readonly listed_in_sample: readonly string[];
}

function isListed({ id, listed, listed_in_sample }: Listed): boolean {
	return listed.includes(id) && listed_in_sample.includes(id);
}

interface Revoked {
	readonly ids: Readonly<
		Record<"running" | "first" | "second" | "third", string>
	>;
	readonly after_one: Readonly<Record<string, string>>;
	readonly after_all: Readonly<Record<string, string>>;
	readonly after_running: Readonly<Record<string, string>>;
}

function revokedOneByOne(said: Revoked): boolean {
	const { running, second, third } = said.ids;
	const left = [running, second, third].toSorted().join();
	expect(Object.keys(said.after_one).toSorted().join()).toBe(left);
	expect(said.after_all).toEqual({ [running]: "processing" });
	expect(said.after_running).toEqual({ [running]: "cancelled" });
	return true;
}
