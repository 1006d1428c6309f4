import type {
	Archive,
	SelectOptions,
} from "../../../../hypercube/archive/archive.ts";
import { RequestError } from "../../../../hypercube/mars/errors.ts";
import { expand } from "../../../../hypercube/mars/expand.ts";
import type { MatchedRequest } from "../../../collections/match.ts";
import type { Datasource as Configured } from "../../../collections/resolve.ts";
import type { Datasource, Job } from "../datasource.ts";
import type { DatasourceSurroundings } from "../open.ts";
import { openGrowing } from "./growing.ts";

/** Whole messages of an archive of GRIB files, which takes new ones where a folder is named for them. */
export async function openGrib(
	settings: Configured["settings"],
	{ indexFolder, sampleFolder, archive, signal }: DatasourceSurroundings,
): Promise<Datasource> {
	const path = pathsOf(settings, sampleFolder);
	const partial = { allowPartial: settings.allow_partial === true };
	if (typeof settings.archive !== "string")
		return reading(await archive(path), partial);
	const around = { path, indexFolder };
	const growing = await openGrowing(settings.archive, around, signal);
	return {
		...reading(growing.archive, partial),
		archive: ({ request, ...job }, stop) =>
			growing.add({ ...job, request: fieldsOf(request) }, stop),
	};
}

const reading = (archive: Archive, partial: SelectOptions) => ({
	retrieve: ({ request }: Job, stop: AbortSignal) =>
		archive.retrieve(fieldsOf(request), stop, partial),
	plan: async ({ request }: Pick<Job, "request">, stop: AbortSignal) => {
		const parts = await archive.find(fieldsOf(request), stop, partial);
		const bytes = parts.reduce((sum, { length }) => sum + length, 0);
		return {
			fields: parts.length,
			mediaType: "application/x-grib",
			read: { bytes, cold: bytes },
			sent: { bytes, exact: true },
		};
	},
});

/** Where the files of a datasource lie. */
export function pathsOf(
	settings: Configured["settings"],
	sampleFolder: string,
): string[] {
	const paths = Array.isArray(settings.path) ? settings.path.map(String) : [];
	return paths.map((path) => (path === "sample:" ? sampleFolder : path));
}

/** @throws {RequestError} for what is no list of values: a field cannot be chosen by it, and nothing is ignored. */
function fieldsOf(request: MatchedRequest) {
	const mappings = Object.keys(request).filter(
		(key) => typeof request[key] !== "string",
	);
	if (mappings.length > 0) {
		throw new RequestError(
			mappings.map((key) => `key '${key}' must be a value or a list of values`),
		);
	}
	return expand(request);
}
