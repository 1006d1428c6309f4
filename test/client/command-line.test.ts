import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Product, startProduct } from "../kit/product.ts";
import { python } from "../kit/python.ts";
import { INSTALL_TIMEOUT } from "../kit/tools.ts";
import { type Laptop, laptop } from "./clients.ts";

const REQUEST = `class: od
stream: oper
type: fc
expver: '0001'
levtype: sfc
param: 2t
date: '20250101'
time: '0000'
step: '0'
`;

let person: Laptop;
let product: Product;

beforeAll(async () => {
	await python();
	person = await laptop();
	await writeFile(join(person.home, "request.yaml"), REQUEST);
	product = await startProduct();
}, INSTALL_TIMEOUT);

afterAll(async () => {
	await product[Symbol.asyncDispose]();
	await person[Symbol.asyncDispose]();
});

test("ping, list collections, describe user", async () => {
	expect(await told("ping")).toContain("operating and accessible");
	expect(await told("list", "collections")).toMatch(/sample/);
	expect(await told("describe", "user")).toMatch(/demo/);
});

test("retrieve writes the file, list and describe know the request, download gives the same bytes", async () => {
	const id = idIn(await told("retrieve", "sample", "request.yaml", "a.grib"));
	expect(await told("list", "requests")).toContain(id);
	const inSample = await told("list", "requests", "--collection", "sample");
	expect(inSample).toContain(`${id} (processed) (retrieve)`);
	const described = await told("describe", "request", id);
	expect(described).toContain("'status': 'processed'");
	await told("download", id, "b.grib");
	const first = await readFile(join(person.home, "a.grib"));
	expect(first.subarray(0, 4).toString()).toBe("GRIB");
	expect(first).toEqual(await readFile(join(person.home, "b.grib")));
});

test("retrieve inline, asynchronously and as a pointer", async () => {
	await told("retrieve", "-e", "echo", "hello: world", "echo.txt");
	const echoed = await readFile(join(person.home, "echo.txt"), "utf8");
	expect(echoed).toContain("hello: world");
	const id = idIn(await told("retrieve", "-e", "--async", "echo", "a: b"));
	await told("download", id, "later.txt");
	const pointed = await told("retrieve", "--pointer", "sample", "request.yaml");
	expect(pointed).toContain(`'location': '${product.url}/api/v1/downloads/`);
});

test("revoke all is answered; revoking what is done or unknown is refused with a reason", async () => {
	expect(await told("revoke", "all")).toMatch(/revoked 0 requests/);
	const id = idIn(await told("retrieve", "-e", "echo", "a: b", "done.txt"));
	expect(await refusal("revoke", id)).toMatch(/Details:\n.*processed/is);
	expect(await refusal("revoke", "no-such-request")).toMatch(
		/\(404\)\nDetails:\n\w/,
	);
});

test("an error is one readable text, and the exit code is 1", async () => {
	const failed = await refusal("retrieve", "-e", "raise", "a: b", "x");
	expect(failed).toMatch(/\(400\)\nDetails:\nRequest failed with error:/);
	const bad = await refusal("retrieve", "-e", "sample", "date: yesterday", "x");
	expect(bad).toMatch(/\(400\)\nDetails:\n.*yesterday/s);
});

/** What a command printed; it must have succeeded. The client logs its answers to standard error. */
async function told(...args: readonly string[]): Promise<string> {
	const { code, stdout, stderr } = await person.polytope(product.url, ...args);
	expect(code, stderr).toBe(0);
	return stdout + stderr;
}

/** What a command said that the server refused; a stack trace is no explanation. */
async function refusal(...args: readonly string[]): Promise<string> {
	const { code, stderr } = await person.polytope(product.url, ...args);
	expect(code, stderr).toBe(1);
	expect(stderr).toContain("HTTPResponseError");
	expect(stderr).not.toContain("Traceback");
	return stderr;
}

function idIn(printed: string): string {
	const id = /poll \S+\/requests\/([\w-]+) for status/.exec(printed)?.[1];
	if (id === undefined) throw new Error(`No request id in:\n${printed}`);
	return id;
}
