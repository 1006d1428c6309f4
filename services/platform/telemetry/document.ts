import type { Described } from "./instrument.ts";
import { INSTRUMENTS } from "./instruments.ts";
import { prometheusName } from "./scrape.ts";

const BEGIN = "<!-- instruments: written by npm run docs -->";
const END = "<!-- end -->";

/** The page with its table of instruments made anew. @throws Error when the marks are missing between which it stands */
export function withInstruments(page: string): string {
	const begin = page.indexOf(BEGIN);
	const end = page.indexOf(END);
	if (begin < 0 || end < begin)
		throw new Error(`docs/metrics.md needs the marks ${BEGIN} and ${END}`);
	return `${page.slice(0, begin)}${BEGIN}\n${table()}\n${page.slice(end)}`;
}

function table(): string {
	const rows = Object.values(INSTRUMENTS).map(row).toSorted();
	const head = [
		"| metric | labels | what it says | seen at |",
		"|---|---|---|---|",
	];
	return [...head, ...rows].join("\n");
}

function row(instrument: Described): string {
	const labels = instrument.labels.map((label) => `\`${underscored(label)}\``);
	const kind =
		instrument.kind === "histogram" ? ", with `_bucket`, `_sum`, `_count`" : "";
	return `| \`${prometheusName(instrument)}\`${kind} | ${labels.join(", ")} | ${instrument.help} | ${instrument.roles} |`;
}

const underscored = (label: string): string => label.replaceAll(".", "_");
