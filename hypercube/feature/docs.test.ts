import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { coerce, DEFAULT_COERCION } from "../mars/coerce.ts";
import { parseDocument } from "../mars/document.ts";
import { askedOf } from "./asked.ts";
import { parseFeature } from "./parse.ts";

const FOLDER = join(import.meta.dirname, "../../docs/features");
const triangle = new TextEncoder().encode("POLYGON ((0 0, 1 0, 1 1))");

const REQUESTS = readdirSync(FOLDER).flatMap((page) =>
	readFileSync(join(FOLDER, page), "utf8")
		.split("```json\n")
		.slice(1)
		.map((block, at) => ({
			page,
			at,
			text: block.slice(0, block.indexOf("```")),
		})),
);

test("each feature's page has a request", () => {
	expect(new Set(REQUESTS.map(({ page }) => page)).size).toBe(9);
});

test.each(REQUESTS)(
	"the request $at of $page is one of its feature",
	async ({ page, text }) => {
		const context = { now: new Date(), config: DEFAULT_COERCION };
		const coerced = coerce(parseDocument(JSON.parse(text)), context);
		const plain = Object.entries(coerced).map(([key, value]) => [
			key,
			Array.isArray(value) ? value.join("/") : value,
		]);
		const { feature, keys } = askedOf(Object.fromEntries(plain));
		const load = async () => ({ format: "wkt", bytes: triangle }) as const;
		const compiled = await parseFeature(feature, keys, { load });
		expect(`${compiled.feature.type}.md`).toBe(page);
	},
);
