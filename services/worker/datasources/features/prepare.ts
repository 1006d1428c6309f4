import {
	fieldsOf,
	learnAll,
	OpenSources,
} from "../../../../hypercube/archive/fields.ts";
import { KeptLearnt } from "../../../../hypercube/archive/learnt.ts";
import { Remotes } from "../../../../hypercube/archive/remote/remotes.ts";
import { formatOf } from "../../../../hypercube/coverage/format.ts";
import { type Answer, answer } from "../../../../hypercube/cube/answer.ts";
import type { Field } from "../../../../hypercube/cube/field.ts";
import type { Reading } from "../../../../hypercube/cube/reading.ts";
import { parseFeature } from "../../../../hypercube/feature/parse.ts";
import { shapesIn } from "../../../../hypercube/feature/shapefolder.ts";
import { pointsIn } from "../../../../hypercube/grid/pointsfolder.ts";
import type { Outline, Task } from "./protocol.ts";
import { zarrFields } from "./zarr.ts";

export interface Prepared {
	readonly outline: Outline;
	readonly answer: Answer;
}

type ArchiveSource = Extract<Task["source"], { kind: "archive" }>;

const sources = new OpenSources();
const remotes = new Map<string, Remotes>();
const learnt = new Map<string, KeptLearnt>();

/** What was learnt of the files whose indexes lie in one folder, or beside them. */
function learntIn(indexFolder: string): KeptLearnt {
	const known = learnt.get(indexFolder) ?? new KeptLearnt(indexFolder);
	learnt.set(indexFolder, known);
	return known;
}

/** One for each configuration: what is read at a time of a server is bounded for all tasks together. */
function remotesOf({ access }: ArchiveSource): Remotes | undefined {
	if (access === undefined) return undefined;
	const name = JSON.stringify(access);
	const known = remotes.get(name) ?? new Remotes(access);
	remotes.set(name, known);
	return known;
}

/** Works out what a task takes, up to the moment at which values are read. */
export async function prepare(
	{ source, feature, body, format, profile, options }: Task,
	{ check, signal }: Required<Pick<Reading, "check" | "signal">>,
): Promise<Prepared> {
	const { shapes, grids, limits, maxVertices, compatible } = options;
	const written = formatOf(format, profile, options.profile);
	const compiled = await parseFeature(feature, body, {
		compatible,
		maxVertices,
		...(shapes !== undefined && { load: shapesIn(shapes) }),
	});
	const fields: readonly Field[] =
		source.kind === "archive"
			? await fieldsOf(
					source.table,
					{
						sources,
						remotes: remotesOf(source),
						learnt: learntIn(source.indexFolder),
						points: grids === undefined ? undefined : pointsIn(grids),
					},
					signal,
				)
			: await zarrFields(source);
	const found = await answer({
		fields,
		compiled,
		format: written,
		limits,
		check,
		...(signal && { signal }),
	});
	return { answer: found, outline: outlineOf(found) };
}

/** Learns of all messages of a table what their first reader would. */
export const learn = async (
	source: ArchiveSource,
	check: Reading["check"],
): Promise<void> => {
	const { table, indexFolder } = source;
	const around = {
		sources,
		remotes: remotesOf(source),
		learnt: learntIn(indexFolder),
	};
	await learnAll(table, around, check);
};

const outlineOf = ({ cost, ...answer }: Answer): Outline => ({
	mediaType: answer.mediaType,
	fields: answer.fields,
	points: answer.points,
	values: answer.values,
	coverages: answer.coverages,
	bytes: cost.bytes,
	cold: cost.cold,
	most: answer.most,
	exact: answer.exact,
	grids: answer.grids,
	parameters: answer.parameters,
});
