import type { Archive } from "../../../../hypercube/archive/archive.ts";
import { tableOf } from "../../../../hypercube/archive/table.ts";
import { wishesOf } from "../../../../hypercube/archive/wishes.ts";
import { formatOf } from "../../../../hypercube/coverage/format.ts";
import { checkFields } from "../../../../hypercube/cube/limits.ts";
import { askedOf } from "../../../../hypercube/feature/asked.ts";
import { parseFeature } from "../../../../hypercube/feature/parse.ts";
import { shapesIn } from "../../../../hypercube/feature/shapefolder.ts";
import type { MatchedRequest } from "../../../collections/match.ts";
import type { Datasource, Plan } from "../datasource.ts";
import type { Learning } from "./learning.ts";
import type { Outline, Task, TaskOptions } from "./protocol.ts";
import type { Threads } from "./threads.ts";

/** Where the fields come from. */
export type FieldSource =
	| {
			readonly kind: "archive";
			readonly archive: Archive;
			/** Where offsets are learnt when files are indexed, and not on first touch. */
			readonly learning?: Learning | undefined;
			readonly indexFolder: string;
			readonly allowPartial: boolean;
	  }
	| Omit<Extract<Task["source"], { kind: "zarr" }>, "wishes">;

/** Cuts features out of fields, in threads of its own. */
export function openFeatures(
	source: FieldSource,
	options: TaskOptions,
	threads: Threads,
): Datasource {
	return {
		async retrieve({ request }, signal) {
			const task = await taskOf({ source, options, request }, signal);
			const { outline, stream, fields } = await threads.start(task, signal);
			return {
				mediaType: outline.mediaType,
				fields: outline.fields,
				fieldsRead: fields,
				stream,
			};
		},
		async plan({ request }, signal) {
			const task = await taskOf({ source, options, request }, signal);
			return planOf(await threads.plan(task, signal));
		},
	};
}

const planOf = (outline: Outline): Plan => ({
	fields: outline.fields,
	mediaType: outline.mediaType,
	read: { bytes: outline.bytes, cold: outline.cold },
	sent: { bytes: outline.most, exact: false },
	cut: {
		points: outline.points,
		values: outline.values,
		coverages: outline.coverages,
		grids: outline.grids,
		parameters: outline.parameters,
	},
});

interface Asking {
	readonly source: FieldSource;
	readonly options: TaskOptions;
	readonly request: MatchedRequest;
}

/** Chooses the fields here, where the index is; what is done with them is the thread's. */
async function taskOf(
	{ source, options, request }: Asking,
	signal: AbortSignal,
): Promise<Task> {
	const { feature, keys, format, profile } = askedOf(request);
	formatOf(format, profile, options.profile);
	const { shapes } = options;
	const compiled = await parseFeature(feature, keys, {
		compatible: options.compatible,
		maxVertices: options.maxVertices,
		...(shapes !== undefined && { load: shapesIn(shapes) }),
	});
	const wishes = wishesOf({ ...keys, ...compiled.keys });
	const common = { feature, body: keys, format, profile, options };
	if (source.kind === "zarr")
		return { ...common, source: { ...source, wishes } };
	const parts = await source.archive.find(wishes, signal, source);
	source.learning?.look();
	checkFields(parts.length, options.limits);
	return {
		...common,
		source: {
			kind: "archive",
			table: tableOf(parts),
			indexFolder: source.indexFolder,
		},
	};
}
