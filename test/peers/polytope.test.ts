import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { extract } from "../../hypercube/extract.ts";
import { RequestError } from "../../hypercube/mars/errors.ts";
import { mustRun } from "../kit/command.ts";
import { python } from "../kit/python.ts";
import { type TemporaryFolder, temporaryFolder } from "../kit/temporary.ts";
import { REFUSED, REQUESTS, type Request } from "./polytope/requests.ts";

const SCRIPTS = join(import.meta.dirname, "polytope");
const all = [...Object.values(REQUESTS), ...Object.values(REFUSED)];

const place = z.looseObject({ values: z.array(z.unknown()) });
const collection = z.looseObject({
	coverages: z.array(
		z.looseObject({
			domain: z.looseObject({ axes: z.record(z.string(), place) }),
		}),
	),
	parameters: z.record(z.string(), z.looseObject({})),
});
type Collection = z.infer<typeof collection>;

let folder: TemporaryFolder;
let answers: readonly unknown[] = [];
beforeAll(async () => {
	folder = await temporaryFolder("polytope");
	const interpreter = await python("reference");
	const requests = join(folder.path, "requests.json");
	await writeFile(requests, JSON.stringify(all));
	for (const script of ["messages.py", "reference.py"])
		await mustRun(interpreter, [join(SCRIPTS, script), folder.path], {
			timeout: 600_000,
		});
	const text = await readFile(join(folder.path, "answers.json"), "utf8");
	answers = z.array(z.unknown()).parse(JSON.parse(text));
});
afterAll(() => folder[Symbol.asyncDispose]());

const theirs = (request: Request): unknown => answers[all.indexOf(request)];

async function ours(request: Request): Promise<unknown> {
	using found = await extract(
		{ grib: [join(folder.path, "messages.grib2")] },
		request,
		{ compatible: true },
	);
	const chunks = await Array.fromAsync(found.answer.stream());
	return JSON.parse(Buffer.concat(chunks).toString());
}

/** What can be compared: coordinates as far as they are exact, no descriptions, places of series from south to north. */
function comparable(answer: unknown): Collection {
	const found = collection.parse(answer);
	for (const { domain } of found.coverages)
		for (const axis of Object.values(domain.axes))
			axis.values = axis.values.map(rounded);
	for (const parameter of Object.values(found.parameters))
		delete parameter.description;
	found.coverages.sort((a, b) => latitudeOf(a) - latitudeOf(b));
	return found;
}

function rounded(value: unknown): unknown {
	if (Array.isArray(value)) return value.map(rounded);
	return typeof value === "number" ? Math.round(value * 1e9) / 1e9 : value;
}

const latitudeOf = ({ domain }: Collection["coverages"][number]): number =>
	Number(domain.axes.latitude?.values[0] ?? 0);

describe("Polytope's own implementation gives the same", () => {
	test.each(Object.entries(REQUESTS))("%s", async (_, request) => {
		const wanted = comparable(theirs(request));
		expect(wanted.coverages.length).toBeGreaterThan(0);
		expect(comparable(await ours(request))).toEqual(wanted);
	});
});

describe("Polytope's own implementation refuses, too", () => {
	test.each(Object.entries(REFUSED))("%s", async (_, request) => {
		expect(theirs(request)).toEqual({ error: expect.any(String) });
		await expect(ours(request)).rejects.toThrow(RequestError);
	});
});
