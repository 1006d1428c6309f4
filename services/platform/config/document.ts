import { configShape, type Shape, variants } from "./schema-keys.ts";

interface Row {
	readonly key: string;
	readonly shape: Shape;
	readonly required: boolean;
}

const HEAD = `# Configuration

<!-- Written by scripts/configuration-doc.ts from services/platform/config/schema.ts: change it there. -->

\`npm start -- --config FILE [--config FILE…]\`; \`--check-config\` only checks, and says everything that is wrong with
file and line.

- Files are YAML 1.2. Later ones are merged over earlier ones, all over the sample configuration
  (\`deploy/config/sample.yaml\`) unless one says \`sample: false\`. Maps merge deep, \`null\` deletes, lists replace.
- \`\${NAME}\` in a value is the environment variable of that name; an unset one is an error. \`$$\` is a dollar.
- Durations: \`15s\`, \`1h30m\`, \`1d2h\`, \`250ms\`, or a number of seconds.
  Sizes: \`10G\` and \`10GiB\` are 10 × 2³⁰ bytes, \`10GB\` is 10 × 10⁹, a number is bytes; likewise K, M, T.
- Rates: \`50/s\`, \`3000/m\`, \`1000/h\`; \`0\` is no limit.
- Roles: \`admin\`, \`[admin, staff]\` (in any realm), or \`{realm: [admin]}\`. Everyone who is authenticated has \`default\`.
- Relative paths start from the folder of the file that holds them.
- In \`match\`, \`defaults\` and \`patch\` values stay as typed: \`expver: 0001\` is \`0001\`. There, \`null\` also deletes what a
  parent says.
- An address that others can reach (\`http.host\`) needs \`authentication\` without the sample user, and without passwords and
  keys in clear. \`node scripts/hash-password.ts\` reads a password and prints its hash.

A file that adds a collection of your own GRIB files to the sample configuration:

\`\`\`yaml
datasources:
  mine: { type: grib, path: [/data/grib] }
collections:
  mine: { datasources: [mine] }
\`\`\`
`;

/** `docs/configuration.md`: every key with its default and meaning, as the schema knows them. */
export function configDocument(): string {
	const sections = Object.entries(configShape().properties ?? {});
	const simple = sections.filter(([, shape]) => !isSection(shape));
	const tables = sections.filter(([, shape]) => isSection(shape));
	const top = table(
		simple.map(([key, shape]) => ({ key, shape, required: false })),
	);
	return [
		HEAD,
		top,
		...tables.map(
			([key, shape]) =>
				`## ${key}\n\n${shape.description ?? ""}\n\n${table(rowsOf("", shape))}`,
		),
	].join("\n");
}

const isSection = (shape: Shape) =>
	shape.properties !== undefined ||
	typeof shape.additionalProperties === "object";

/** The keys below a shape, dotted; `<name>` is any name, `[]` an item of a list. */
function rowsOf(above: string, shape: Shape): Row[] {
	return variants(shape).flatMap((variant) => [
		...Object.entries(variant.properties ?? {}).flatMap(([key, below]) =>
			rowAndBelow(above + key, below, variant),
		),
		...named(above, variant),
	]);
}

function named(above: string, shape: Shape): Row[] {
	const rest = shape.additionalProperties;
	return typeof rest === "object" ? rowsOf(`${above}<name>.`, rest) : [];
}

function rowAndBelow(key: string, shape: Shape, within: Shape): Row[] {
	const name = key.split(".").at(-1) ?? key;
	const required =
		within.required?.includes(name) === true && shape.default === undefined;
	const row = { key, shape, required };
	if (isPlainSection(shape)) return rowsOf(`${key}.`, shape);
	return [row, ...below(key, shape)];
}

/** A fixed group of keys: its keys are listed, not the group. */
const isPlainSection = (shape: Shape) =>
	shape.properties !== undefined && shape.kind === undefined;

function below(key: string, shape: Shape): Row[] {
	if (shape.kind === "list" && shape.items)
		return rowsOf(`${key}[].`, shape.items);
	return shape.kind === "map" ? rowsOf(`${key}.`, shape) : [];
}

function table(rows: readonly Row[]): string {
	const seen = new Set<string>();
	const lines = rows.flatMap((row) => {
		const line = lineOf(row);
		if (seen.has(line)) return [];
		seen.add(line);
		return [line];
	});
	return `| key | kind | default | meaning |\n|---|---|---|---|\n${lines.join("\n")}\n`;
}

function lineOf({ key, shape, required }: Row): string {
	const { kind, description } = described(shape);
	const fixed = shape.const === undefined ? kind : `\`${String(shape.const)}\``;
	const cells = [
		`\`${key}\``,
		fixed ?? "",
		required ? "required" : defaultOf(shape),
		description ?? "",
	];
	return `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
}

/** The metadata of a shape, or of what it is when it is not null. */
function described(shape: Shape): Shape {
	return [shape, ...(shape.anyOf ?? [])].find((one) => one.description) ?? {};
}

function defaultOf({ default: value }: Shape): string {
	if (value === undefined) return "";
	const isText = typeof value === "string";
	return `\`${isText ? value : JSON.stringify(value)}\``;
}
