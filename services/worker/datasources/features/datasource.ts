import type { Archive } from "../../../../hypercube/archive/archive.ts";
import type { RemoteAccess } from "../../../../hypercube/archive/remote/remotes.ts";
import { tableOf } from "../../../../hypercube/archive/table.ts";
import { wishesOf } from "../../../../hypercube/archive/wishes.ts";
import { formatOf } from "../../../../hypercube/coverage/format.ts";
import { checkFields } from "../../../../hypercube/cube/limits.ts";
import { askedOf } from "../../../../hypercube/feature/asked.ts";
import { parseFeature } from "../../../../hypercube/feature/parse.ts";
import { shapesIn } from "../../../../hypercube/feature/shapefolder.ts";
import type { MatchedRequest } from "../../../collections/match.ts";
import { type Datasource, DatasourceError, type Plan } from "../datasource.ts";
import { errorOf, failureOf } from "./failure.ts";
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
			/** How files elsewhere are reached; left out: there are none. */
			readonly access?: RemoteAccess | undefined;
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
			const asking = { source, options, request };
			return told(source, async () => {
				const task = await taskOf(asking, signal);
				const { outline, stream, fields } = await threads.start(task, signal);
				return {
					mediaType: outline.mediaType,
					fields: outline.fields,
					fieldsRead: fields,
					stream: toldOf(source, stream),
				};
			});
		},
		async plan({ request }, signal) {
			const asking = { source, options, request };
			return told(source, async () => {
				const task = await taskOf(asking, signal);
				return planOf(await threads.plan(task, signal));
			});
		},
	};
}

/** What failed may have failed because a file elsewhere is not what it was: the next look is a new one. */
function doubted(source: FieldSource, reason: unknown): unknown {
	const error = errorOf(failureOf(reason));
	const passing =
		error instanceof DatasourceError && error.retryAfter !== undefined;
	if (source.kind === "archive" && passing) source.archive.doubt();
	return error;
}

/** @throws what users may read, of a fault of a server or of data */
async function told<T>(
	source: FieldSource,
	work: () => Promise<T>,
): Promise<T> {
	try {
		return await work();
	} catch (reason) {
		throw doubted(source, reason);
	}
}

async function* toldOf(
	source: FieldSource,
	stream: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
	try {
		yield* stream;
	} catch (reason) {
		throw doubted(source, reason);
	}
}

const planOf = (outline: Outline): Plan => ({
	fields: outline.fields,
	mediaType: outline.mediaType,
	read: { bytes: outline.bytes, cold: outline.cold },
	sent: { bytes: outline.most, exact: outline.exact },
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
			access: source.access,
		},
	};
}
