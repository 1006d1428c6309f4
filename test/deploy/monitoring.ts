import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import { DEPLOY } from "./image.ts";

const MONITORING = join(DEPLOY, "monitoring");
export const RULES = join(MONITORING, "rules.yaml");
export const SCENARIOS = join(MONITORING, "rules.test.yaml");
export const PROMETHEUS = join(MONITORING, "prometheus.yaml");

const rules = z.object({
	groups: z.array(
		z.object({
			rules: z.array(
				z.object({
					record: z.string().optional(),
					alert: z.string().optional(),
					expr: z.string(),
				}),
			),
		}),
	),
});
const dashboard = z.object({
	templating: z.object({
		list: z.array(z.looseObject({ name: z.string(), query: z.string() })),
	}),
	panels: z.array(
		z.object({
			title: z.string(),
			targets: z.array(z.object({ expr: z.string() })).default([]),
		}),
	),
});

/** A query in PromQL, and where it stands. */
export interface Query {
	readonly where: string;
	readonly text: string;
}

const readRules = () =>
	rules
		.parse(parse(readFileSync(RULES, "utf8")))
		.groups.flatMap((group) => group.rules);

/** The names that recording rules add to the metrics. */
export const recordedNames = (): string[] =>
	readRules().flatMap(({ record }) => record ?? []);
export const alertNames = (): string[] =>
	readRules().flatMap(({ alert }) => alert ?? []);

/** Every query of rules, alerts and dashboard. */
export function queries(): Query[] {
	const path = join(MONITORING, "grafana/dashboards/polytope.json");
	const { panels, templating } = dashboard.parse(
		JSON.parse(readFileSync(path, "utf8")),
	);
	return [
		...readRules().map(({ record, alert, expr }) => ({
			where: `rule ${record ?? alert}`,
			text: expr,
		})),
		...panels.flatMap(({ title, targets }) =>
			targets.map(({ expr }) => ({ where: `panel ${title}`, text: expr })),
		),
		...templating.list
			.filter(({ query }) => query.startsWith("label_values("))
			.map(({ name, query }) => ({
				where: `variable ${name}`,
				text: query.replace(/^label_values\((.*), *(\w+)\)$/, '$1{$2=~".*"}'),
			})),
	];
}

/** What a query asks for: a metric, and the labels by which it picks series. */
export interface Asked {
	readonly metric: string;
	readonly labels: readonly string[];
}

/** Words of PromQL that look like metrics. */
const WORDS = new Set(
	"and or unless bool offset group_left group_right inf nan".split(" "),
);
const GROUPING =
	/\b(?:by|without|on|ignoring|group_left|group_right)\s*\(([^)]*)\)/g;
/** A name, the labels in its braces, and the bracket that makes it a function. */
const NAME = /([a-zA-Z_:][\w:]*)\s*(?:\{([^}]*)\})?\s*(\()?/g;

export function asked({ text }: Query): Asked[] {
	const plain = text
		.replaceAll(/"(?:[^"\\]|\\.)*"/g, '""')
		.replaceAll(/\[[^\]]*\]/g, "")
		.replaceAll(GROUPING, "");
	return [...plain.matchAll(NAME)].flatMap(
		([, metric = "", braces = "", called]) => {
			if (called !== undefined || WORDS.has(metric.toLowerCase())) return [];
			const labels = [...braces.matchAll(/(\w+)\s*(?:=~|!~|!=|=)/g)];
			return [{ metric, labels: labels.map(([, label = ""]) => label) }];
		},
	);
}

/** The labels that a query groups by. */
export const groupings = ({ text }: Query): string[] =>
	[...text.matchAll(GROUPING)].flatMap(([, list = ""]) =>
		list
			.split(",")
			.map((label) => label.trim())
			.filter(Boolean),
	);

/** What a scrape shows: each series' name, histograms' parts included, with the labels that its samples have. */
export function scraped(
	text: string,
): ReadonlyMap<string, ReadonlySet<string>> {
	const found = new Map<string, Set<string>>();
	for (const line of text.split("\n")) {
		const [, name, braces = ""] =
			/^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? \S+$/.exec(line) ?? [];
		if (name === undefined) continue;
		const labels = found.get(name) ?? new Set();
		for (const [, label = ""] of braces.matchAll(/(\w+)="/g)) labels.add(label);
		found.set(name, labels);
	}
	return found;
}
