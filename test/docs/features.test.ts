import { readFileSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { extract } from "../../hypercube/extract.ts";
import { shapesIn } from "../../hypercube/feature/shapefolder.ts";
import { plotOf } from "../../scripts/pictures/draw.ts";
import {
	type Example,
	examples,
	PAGES,
	requestOf,
} from "../../scripts/pictures/pages.ts";
import { pictures } from "../../scripts/pictures/pictures.ts";
import { mustRun } from "../kit/command.ts";
import { copySample } from "../kit/sample.ts";
import { type TemporaryFolder, temporaryFolder } from "../kit/temporary.ts";

const ALL = examples();
const PICTURES = await pictures();
const COMMAND = join(import.meta.dirname, "../../scripts/extract.ts");

/** Where `npm start` was: the sample archive in its data folder, and the shapes that pages show. */
let folder: TemporaryFolder;
beforeAll(async () => {
	folder = await temporaryFolder("pages");
	await copySample(join(folder.path, ".data/sample"));
	await mkdir(join(folder.path, "shapes"));
	for (const { kind, text } of ALL)
		if (kind === "geojson")
			await writeFile(join(folder.path, "shapes/alps.geojson"), text);
});
afterAll(() => folder[Symbol.asyncDispose]());

async function answerOf(request: ReturnType<typeof requestOf>) {
	using found = await extract(
		{ grib: [join(folder.path, ".data/sample")] },
		request,
		{ load: shapesIn(join(folder.path, "shapes")) },
	);
	const chunks = await Array.fromAsync(found.answer.stream());
	return Buffer.concat(chunks).toString();
}

/** Holds a shown answer to the real one: pieces between `…` in their order, the first at the beginning. */
function expectShown(shown: string, real: string): void {
	const bare = (text: string): string => text.replaceAll(/\s/g, "");
	const pieces = bare(shown).split("…");
	const rest = bare(real);
	expect(rest.slice(0, pieces[0]?.length)).toBe(pieces[0]);
	let from = 0;
	for (const piece of pieces) {
		const at = rest.indexOf(piece, from);
		expect(at, `${piece} is in ${rest.slice(from)}`).toBeGreaterThanOrEqual(0);
		from = at + piece.length;
	}
	if (pieces.length === 1) expect(rest).toBe(pieces[0]);
}

describe("pages on features", () => {
	const named = (kind: Example["kind"]) =>
		ALL.filter((one) => one.kind === kind);

	test("each has a request of its feature", () => {
		const listed = readFileSync(join(PAGES, "README.md"), "utf8").matchAll(
			/^\| \[(\w+)\]\((\w+)\.md\)/gm,
		);
		const pages = [...listed].map(([, name, file]) => [name, file]);
		expect(pages).toHaveLength(9);
		for (const [name, file] of pages) {
			const [first] = named("json").filter(({ page }) => page === file);
			expect(first && requestOf(first).feature).toMatchObject({ type: name });
		}
	});

	test.each(named("json"))(
		"request $at of $page has the answer that is shown",
		async (example) => {
			expectShown(example.answer ?? "", await answerOf(requestOf(example)));
			expect(example.answer?.length).toBeGreaterThan(100);
		},
	);

	test.each(named("sh"))(
		"the command of $page answers what is shown",
		async ({ text, answer }) => {
			const command = text.replace("npm run -s extract --", '"$0" "$1"');
			const printed = await mustRun(
				"sh",
				["-c", command, process.execPath, COMMAND],
				{ cwd: folder.path },
			);
			expectShown(answer ?? "", printed);
			expect(answer?.length).toBeGreaterThan(100);
		},
	);
});

describe("pictures of features", () => {
	test("pages show all of them, and no others", () => {
		const shown = ALL.flatMap(({ page }) => [
			...readFileSync(join(PAGES, `${page}.md`), "utf8").matchAll(
				/pictures\/(feature-[\w-]+\.svg)/g,
			),
		]).map(([, name]) => name);
		expect(new Set(shown)).toEqual(
			new Set(PICTURES.map(({ file }) => file.split("/").at(-1))),
		);
	});

	test.each(PICTURES)(
		"$name is fresh (else: npm run docs), and small",
		({ file, svg }) => {
			expect(readFileSync(file, "utf8")).toBe(svg);
			expect(svg.length).toBeLessThan(40_000);
		},
	);

	test.each(PICTURES)(
		"$name has a dot at each point of the answer, and at no other",
		async ({ example, scene, svg }) => {
			const table = await answerOf({ ...requestOf(example), format: "csv" });
			const plot = plotOf(scene.frame);
			const answered = table
				.trimEnd()
				.split("\n")
				.slice(1)
				.map((row) => {
					const [latitude = 0, longitude = 0] = row.split(",").map(Number);
					// The turn that the picture shows.
					const turns = [longitude - 360, longitude, longitude + 360];
					const x = turns
						.map(plot.x)
						.find((one) => one > 0 && one < plot.x(scene.frame.east) + 1);
					return `${x?.toFixed(1)} ${plot.y(latitude).toFixed(1)}`;
				});
			const [, group = ""] = svg.match(/<g id="selected".*?>(.*?)<\/g>/s) ?? [];
			const drawn = [...group.matchAll(/cx="([\d.]+)" cy="([\d.]+)"/g)].map(
				([, x, y]) => `${Number(x).toFixed(1)} ${Number(y).toFixed(1)}`,
			);
			expect(drawn.toSorted()).toEqual([...new Set(answered)].toSorted());
		},
	);
});
