import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { coerce, DEFAULT_COERCION } from "../../hypercube/mars/coerce.ts";
import { type Mapping, parseDocument } from "../../hypercube/mars/document.ts";
import { isMapping } from "../../hypercube/mars/feature.ts";

export const PAGES = join(import.meta.dirname, "../../docs/features");

/** A fenced block of a page: what is asked, and what is answered. */
export interface Example {
	/** The page's name without its ending, which is its feature's. */
	readonly page: string;
	/** How many of its kind stand before it on the page. */
	readonly at: number;
	/** A request, a command, or the contents of a file that they need. */
	readonly kind: "json" | "sh" | "geojson";
	readonly text: string;
	/** The block `text` right after it, if there is one. */
	readonly answer: string | undefined;
}

/** All examples of all pages, in the order of the pages' names. */
export const examples = (): Example[] =>
	readdirSync(PAGES)
		.filter((name) => name.endsWith(".md"))
		.toSorted()
		.flatMap((name) =>
			examplesOf(
				name.slice(0, -".md".length),
				readFileSync(join(PAGES, name), "utf8"),
			),
		);

const FENCE = /^```(\w*)\n(.*?)^```$/gms;

function examplesOf(page: string, markdown: string): Example[] {
	const blocks = [...markdown.matchAll(FENCE)].map(
		([, language = "", text = ""]) => ({ language, text }),
	);
	const seen = new Map<string, number>();
	return blocks.flatMap(({ language, text }, index) => {
		if (language !== "json" && language !== "sh" && language !== "geojson")
			return [];
		const at = seen.get(language) ?? 0;
		seen.set(language, at + 1);
		const next = blocks[index + 1];
		const answer = next?.language === "text" ? next.text : undefined;
		return [{ page, at, kind: language, text, answer }];
	});
}

/** A request as a datasource gets it: its values coerced as the gateway does, its lists as MARS writes them. */
export function requestOf({ text }: Example): Record<string, string | Mapping> {
	const context = { now: new Date(), config: DEFAULT_COERCION };
	const coerced = coerce(parseDocument(JSON.parse(text)), context);
	return Object.fromEntries(
		Object.entries(coerced).map(([key, value]) => [
			key,
			Array.isArray(value)
				? value.join("/")
				: isMapping(value)
					? value
					: String(value),
		]),
	);
}
