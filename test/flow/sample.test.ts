import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { download } from "../kit/caller.ts";
import { copySample } from "../kit/sample.ts";
import { type TemporaryFolder, temporaryFolder } from "../kit/temporary.ts";
import { INSTALL_TIMEOUT } from "../kit/tools.ts";
import type { TestWorld } from "../kit/world.ts";
import { openIn, WORLDS } from "../kit/worlds.ts";

const FIELD = {
	class: "od",
	stream: "oper",
	type: "fc",
	expver: "0001",
	levtype: "sfc",
	param: "2t",
	date: "20250101",
	time: "0000",
	step: "0",
};

let archive: TemporaryFolder;
beforeAll(async () => {
	archive = await temporaryFolder("sample");
	await copySample(join(archive.path, "sample"));
});
afterAll(() => archive[Symbol.asyncDispose]());

describe.each(WORLDS)("fields of an archive, %s", (where) => {
	let it: TestWorld;
	beforeAll(async () => {
		it = await openIn(
			where,
			`{datasources: {fields: {type: grib, path: ["${join(archive.path, "sample")}"]}}, collections: {fields: {datasources: [fields]}}}`,
		);
	}, INSTALL_TIMEOUT);
	afterAll(() => it[Symbol.asyncDispose]());

	const fetched = async (request: object): Promise<Buffer> => {
		const id = await it.demo().submit("fields", request);
		const { code, message, location } = await it.demo().ended(id);
		expect(code, message).toBe(303);
		return download(location);
	};

	test("one is exactly one message", async () => {
		const bytes = await fetched(FIELD);
		expect(lengths(bytes)).toEqual([bytes.length]);
	});

	test("many come whole and in the request's order", async () => {
		const many = await fetched({
			...FIELD,
			step: "12/0/6",
			param: "msl/2t",
		});
		const single: Buffer[] = [];
		for (const step of ["12", "0", "6"])
			for (const param of ["msl", "2t"])
				single.push(await fetched({ ...FIELD, step, param }));
		expect(lengths(many)).toHaveLength(6);
		expect(many.equals(Buffer.concat(single))).toBe(true);
	});

	test("absent ones are named", async () => {
		const request = { ...FIELD, step: "0/999" };
		const id = await it.demo().submit("fields", request);
		const { code, message } = await it.demo().ended(id);
		expect(code).toBe(400);
		expect(message).toContain("step=999");
	});
});

/** Lengths of GRIB 2 messages that lie one behind the other. */
function lengths(bytes: Buffer): number[] {
	const found: number[] = [];
	for (let at = 0; at < bytes.length; at += found.at(-1) ?? 0) {
		expect(bytes.toString("latin1", at, at + 4)).toBe("GRIB");
		found.push(Number(bytes.readBigUInt64BE(at + 8)));
	}
	return found;
}
