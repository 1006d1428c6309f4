import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { FIELD, field } from "../kit/fields.ts";
import { python } from "../kit/python.ts";
import { INSTALL_TIMEOUT } from "../kit/tools.ts";
import { openTestWorld, type TestWorld } from "../kit/world.ts";
import { type Laptop, laptop } from "./clients.ts";

let person: Laptop;
let it: TestWorld;

beforeAll(async () => {
	await python();
	person = await laptop();
	for (const step of [0, 6, 12, 24])
		await writeFile(
			join(person.home, `step-${step}.grib`),
			field({ step }, step + 1),
		);
	const folder = (name: string) => join(person.home, "archives", name);
	it = await openTestWorld({
		split: false,
		config: `
archive: {fetch: {schemes: [http], hosts: ["127.0.0.1:*"], networks: [127.0.0.0/8]}}
datasources:
  fields: {type: grib, archive: "${folder("fields")}"}
  copies: {type: grib, archive: "${folder("copies")}"}
collections:
  fields: {datasources: [fields]}
  copies: {datasources: [copies]}
`,
	});
}, INSTALL_TIMEOUT);

afterAll(async () => {
	await it?.[Symbol.asyncDispose]();
	await person?.[Symbol.asyncDispose]();
});

const refused = (text: RegExp) => ({
	type: "HTTPResponseError",
	text: expect.stringMatching(text),
});

test("archive a file, upload one later, archive from a URL; the reasons are shown", async () => {
	expect(await person.script("archive", it.url())).toEqual({
		archived: [true, true, true],
		copied: true,
		wrong: refused(/has step=0, the request says step=18/),
		nowhere: refused(/echo: it does not take data/),
		foreign: refused(/not found/),
		elsewhere: refused(/not fetched from example\.org/),
	});
});

test("archive and upload by the command line", async () => {
	const metadata = Object.entries({ ...FIELD, step: "24" })
		.map(([key, value]) => `${key}: '${value}'\n`)
		.join("");
	await writeFile(join(person.home, "metadata.yaml"), metadata);
	const told = async (...args: string[]): Promise<string> => {
		const { code, stdout, stderr } = await person.polytope(it.url(), ...args);
		expect(code, stderr).toBe(0);
		return stdout + stderr;
	};
	const said = await told("archive", "fields", "metadata.yaml", "step-24.grib");
	expect(said).toContain("Data uploaded successfully");
	const offered = await told("archive", "-A", "fields", "metadata.yaml", "");
	const id = /uploads\/([0-9a-f-]{36})/.exec(offered)?.[1] ?? "";
	expect(await told("upload", id, "step-24.grib")).toContain("'processed'");
});
