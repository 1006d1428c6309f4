import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { mustRun } from "../test/kit/command.ts";
import { python } from "../test/kit/python.ts";
import { type Case, casesOn, place } from "./features/cases.ts";
import { makeFields } from "./features/fields.ts";
import { pollsMeanwhile } from "./features/polls.ts";
import { type Figures, toFigures, toReference } from "./features/work.ts";
import type { Benchmark, Goal, Measure } from "./measure.ts";

const ROUNDS = 5;
const REFERENCE_ROUNDS = 2;
const TIMEOUT = 3_600_000;

/** Features cut out of fields on O1280 and HEALPix; beside the reference implementation on an FDB of the same messages. */
export const features: Benchmark = {
	name: "features",
	async run() {
		const folder = await mkdtemp(join(tmpdir(), "bench-"));
		try {
			const fields = join(folder, "fields");
			await mkdir(fields);
			const made = await makeFields(fields, place);
			const cases = casesOn(made);
			const ours = await oursDone(folder, cases);
			const reference = await referenceDone(folder, cases);
			const measures = cases.flatMap((one) =>
				measuresOf(one, ours.get(one.name), reference.get(one.name)),
			);
			return [...measures, ...(await pollsMeanwhile(made.o1280.forecast))];
		} finally {
			await rm(folder, { recursive: true });
		}
	},
};

type Done = ReadonlyMap<string, Figures>;

async function oursDone(folder: string, cases: readonly Case[]): Promise<Done> {
	const work = join(folder, "ours.json");
	const all = cases.map((one) => ({ ...one, rounds: ROUNDS }));
	await writeFile(work, JSON.stringify(all));
	const script = join(import.meta.dirname, "features/ours.ts");
	const printed = await mustRun(process.execPath, [script, work], {
		timeout: TIMEOUT,
	});
	const figures = toFigures(printed);
	return new Map(
		cases.flatMap(({ name }, at) => {
			const one = figures[at];
			return one ? [[name, one] as const] : [];
		}),
	);
}

/** Empty where the reference implementation cannot be had: it is said, and ours stands alone. */
async function referenceDone(
	folder: string,
	cases: readonly Case[],
): Promise<Done> {
	const fdb = join(folder, "fdb");
	await mkdir(fdb);
	const work = join(folder, "reference.json");
	const wanted = cases.filter(({ limit }) => limit !== undefined);
	await writeFile(
		work,
		JSON.stringify(wanted.map((one) => ({ ...one, rounds: REFERENCE_ROUNDS }))),
	);
	const interpreter = await python("reference").catch((reason: unknown) => {
		console.error("the reference implementation cannot be had:", reason);
	});
	if (interpreter === undefined) return new Map();
	const script = join(import.meta.dirname, "features/reference.py");
	const printed = await mustRun(interpreter, [script, work, fdb], {
		timeout: TIMEOUT,
	});
	const done = new Map<string, Figures>();
	for (const [at, found] of toReference(printed).entries()) {
		const name = wanted[at]?.name ?? "";
		if ("reason" in found)
			console.error(`the reference implementation, ${name}: ${found.reason}`);
		else done.set(name, found);
	}
	return done;
}

function measuresOf(
	one: Case,
	ours: Figures | undefined,
	reference: Figures | undefined,
): Measure[] {
	if (ours === undefined) return [];
	const measure = (
		what: string,
		unit: string,
		of: (figures: Figures) => number,
		goals: readonly Goal[] = [],
	): Measure => ({
		name: `${one.name}${what}`,
		value: of(ours),
		unit,
		...(reference && { baseline: of(reference) }),
		// What is held to a baseline that is not there is not held at all.
		goals: goals.filter((goal) => goal.of === "value" || reference),
	});
	return [
		measure(`: ${ours.values} values`, "ms", (f) => f.totalMs, one.total),
		measure(": processor", "ms", (f) => f.cpuMs),
		measure(": planning", "ms", (f) => f.planMs, one.planning),
		measure(": first byte", "ms", (f) => f.firstMs, one.first),
		measure(": read, a field", "B", (f) => f.readBytes / ours.fields, one.read),
		measure(": memory, growth", "MiB", (f) => f.memoryMiB),
	];
}
