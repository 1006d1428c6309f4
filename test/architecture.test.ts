import { readFileSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { describe, expect, test } from "vitest";

const ROOT = join(import.meta.dirname, "..");
const SERVICES = [
	"broker",
	"collector",
	"identity",
	"staging",
	"store",
	"telemetry",
];

/**
 * Who may import whom: the first row whose `from` begins a file's path holds, and what it imports of ours must begin
 * with one of `may` or lie in the same folder. `undefined`: everything. Change it here, with the reason.
 */
const RULES: readonly {
	readonly from: string;
	readonly may: readonly string[] | undefined;
}[] = [
	{ from: "gen/", may: [] },
	{ from: "hypercube/", may: [] },
	{ from: "services/platform/", may: ["gen/"] },
	{ from: "services/collections/", may: ["hypercube/mars/"] },
	{
		from: "services/worker/",
		may: ["gen/", "services/platform/", "services/collections/", "hypercube/"],
	},
	...SERVICES.map((role) => ({
		from: `services/${role}/`,
		may: ["gen/", "services/platform/", "services/collections/", "hypercube/"],
	})),
	{
		from: "gateway/",
		may: [
			"gen/",
			"services/platform/",
			"services/collections/",
			"hypercube/mars/",
			// What is wrong with a feature is told when it is submitted.
			"hypercube/feature/",
			"hypercube/coverage/format.ts",
		],
	},
	// The process: its command line, its settings, the table of roles and how they meet; what serves development.
	{ from: "services/main.ts", may: ["services/process.ts"] },
	{ from: "services/process.ts", may: undefined },
	{ from: "services/arguments", may: undefined },
	{ from: "services/settings", may: undefined },
	{ from: "services/apart", may: undefined },
	{ from: "services/roles.ts", may: undefined },
	{ from: "services/wiring.ts", may: undefined },
	{ from: "services/parts.ts", may: ["services/platform/"] },
	{
		from: "services/reach.ts",
		may: ["services/platform/", "services/peers.ts"],
	},
	{ from: "services/peers.ts", may: ["services/platform/"] },
	{ from: "services/greeting.ts", may: [] },
	{ from: "test/", may: undefined },
	{ from: "stack/", may: undefined },
	{ from: "bench/", may: undefined },
	{ from: "scripts/", may: undefined },
	{ from: "demo/", may: undefined },
	{ from: "vitest.", may: ["vitest."] },
];

const IGNORED = /^(node_modules|\.git|\.data|dist|coverage)(\/|$)/;
const files = (await readdir(ROOT, { recursive: true, withFileTypes: true }))
	.filter((entry) => entry.isFile() && /\.(ts|js)$/.test(entry.name))
	.map((entry) => relative(ROOT, join(entry.parentPath, entry.name)))
	.filter((file) => !IGNORED.test(file) && !file.includes("node_modules/"))
	.sort();

const IMPORT =
	/(?:^|[;\s])(?:import|export)\s(?:[^;"'`]*?\sfrom\s)?\s*["']([^"']+)["']|\bimport\(\s*["']([^"']+)["']/gm;
const TYPES_ONLY = /^\s*(?:import|export)\s+type\s/;

interface Import {
	readonly file: string;
	readonly target: string;
	readonly typesOnly: boolean;
}

const imports: readonly Import[] = files.flatMap((file) =>
	importsOf(file, readFileSync(join(ROOT, file), "utf8")),
);

function importsOf(file: string, text: string): Import[] {
	return [...text.matchAll(IMPORT)].flatMap(([statement, from, lazy]) => {
		const name = from ?? lazy ?? "";
		if (!name.startsWith(".")) return [];
		const target = relative(ROOT, join(ROOT, dirname(file), name));
		return [{ file, target, typesOnly: TYPES_ONLY.test(statement) }];
	});
}

/** Tests stand beside the code and may bring up whatever they need. */
const isTest = (file: string): boolean =>
	/\.(test|contract)\.ts$/.test(file) || /\/fixtures\//.test(file);

const ruleOf = (file: string) =>
	RULES.find(({ from }) => file.startsWith(from));

function allowed({ file, target }: Import): boolean {
	const rule = ruleOf(file);
	if (rule?.may === undefined) return rule !== undefined;
	const own = rule.from.endsWith("/") && target.startsWith(rule.from);
	return own || rule.may.some((start) => target.startsWith(start));
}

const show = ({ file, target }: Import): string => `${file} imports ${target}`;

describe("who may import whom", () => {
	test("the tree is seen, and its imports", () => {
		expect(files).toContain("services/wiring.ts");
		expect(imports.map(show)).toContain(
			"services/roles.ts imports services/broker/open.ts",
		);
	});

	test("every file has a rule", () => {
		expect(files.filter((file) => ruleOf(file) === undefined)).toEqual([]);
	});

	test("nobody imports what is not theirs to import", () => {
		const wrong = imports.filter((one) => !isTest(one.file) && !allowed(one));
		expect(wrong.map(show)).toEqual([]);
	});

	test("a service that imported another would be seen", () => {
		const text = 'import {\n\tx,\n} from "../store/view.ts";';
		const found = importsOf("services/broker/broker.ts", text);
		expect(found.map(show)).toEqual([
			"services/broker/broker.ts imports services/store/view.ts",
		]);
		expect(found.every(allowed)).toBe(false);
	});

	test("the product imports neither tests nor their kit", () => {
		const wrong = imports.filter(
			({ file, target }) =>
				!isTest(file) &&
				!/^(test|stack|bench|demo|scripts)\//.test(file) &&
				(target.startsWith("test/") || isTest(target)),
		);
		expect(wrong.map(show)).toEqual([]);
	});

	test("the client of NATS stays in one folder", () => {
		const wrong = files.filter(
			(file) =>
				/from "nats"/.test(readFileSync(join(ROOT, file), "utf8")) &&
				!/^(services\/platform\/nats|bench|test)\//.test(file),
		);
		expect(wrong).toEqual([]);
	});

	test("every relative import names a file that is there", () => {
		const known = new Set(files);
		const wrong = imports.filter(
			({ target }) => /\.(ts|js)$/.test(target) && !known.has(target),
		);
		expect(wrong.map(show)).toEqual([]);
	});

	test("no file imports itself by a detour", () => {
		expect(cycles()).toEqual([]);
	});
});

/** Cycles among imports that remain when types are stripped, each once. */
function cycles(): string[] {
	const next = Map.groupBy(
		imports.filter(({ typesOnly }) => !typesOnly),
		({ file }) => file,
	);
	const done = new Set<string>();
	const found: string[] = [];
	const walk = (file: string, path: readonly string[]): void => {
		const at = path.indexOf(file);
		if (at >= 0) found.push([...path.slice(at), file].join(" → "));
		if (at >= 0 || done.has(file)) return;
		for (const { target } of next.get(file) ?? [])
			walk(target, [...path, file]);
		done.add(file);
	};
	for (const file of files) walk(file, []);
	return found;
}
