import { decision } from "./decision.ts";
import { download } from "./download.ts";
import { features } from "./features.ts";
import { indexing } from "./indexing.ts";
import { latency } from "./latency.ts";
import { lifecycles } from "./lifecycles.ts";
import { type Benchmark, type Line, toLine } from "./measure.ts";
import { memory } from "./memory.ts";
import { polls } from "./polls.ts";
import { price } from "./price.ts";
import { queue } from "./queue.ts";
import { stack } from "./stack.ts";
import { staging } from "./staging.ts";
import { start } from "./start.ts";
import { telemetry } from "./telemetry.ts";

const ALL: readonly Benchmark[] = [
	start,
	latency,
	lifecycles,
	polls,
	decision,
	queue,
	download,
	memory,
	price,
	staging,
	indexing,
	features,
	telemetry,
	stack,
];

/** `npm run bench -- NAME…`: a table for people on stderr, a line of JSON for each figure on stdout. */
async function main(names: readonly string[]): Promise<number> {
	const known = ALL.map(({ name }) => name);
	const strange = names.filter((name) => !known.includes(name));
	if (strange.length > 0) {
		console.error(
			`no benchmark '${strange.join("', '")}'; there are ${known.join(", ")}`,
		);
		return 2;
	}
	console.error(row("what", "value", "baseline", "ratio", "goal", "met"));
	for (const benchmark of ALL) {
		if (names.length > 0 && !names.includes(benchmark.name)) continue;
		for (const measure of await benchmark.run()) {
			const line = toLine(measure);
			console.log(JSON.stringify(line));
			console.error(tableRow(line));
		}
	}
	return 0;
}

const tableRow = ({ name, value, unit, baseline, ratio, goal, met }: Line) =>
	row(
		name,
		`${value} ${unit}`,
		baseline === null ? "" : `${baseline} ${unit}`,
		String(ratio ?? ""),
		goal ?? "",
		met === null ? "" : met ? "yes" : "MISSED",
	);

const WIDTHS = [38, 18, 18, 8, 24];
const row = (...cells: readonly string[]): string =>
	cells.map((cell, at) => cell.padEnd(WIDTHS[at] ?? 0)).join(" ");

process.exitCode = await main(process.argv.slice(2));
