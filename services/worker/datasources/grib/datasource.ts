import type {
	Archive,
	SelectOptions,
} from "../../../../hypercube/archive/archive.ts";
import type { RemoteAccess } from "../../../../hypercube/archive/remote/remotes.ts";
import { RequestError } from "../../../../hypercube/mars/errors.ts";
import { expand } from "../../../../hypercube/mars/expand.ts";
import type { MatchedRequest } from "../../../collections/match.ts";
import type { Datasource as Configured } from "../../../collections/resolve.ts";
import type { Datasource, Job } from "../datasource.ts";
import type { DatasourceSurroundings } from "../open.ts";
import { told, toldOf } from "./away.ts";
import { openGrowing } from "./growing.ts";

/** Whole messages of an archive of GRIB files, which takes new ones where a folder is named for them. */
export async function openGrib(
	settings: Configured["settings"],
	{ indexFolder, sampleFolder, archive, signal }: DatasourceSurroundings,
): Promise<Datasource> {
	const access = accessOf(settings, sampleFolder);
	const partial = { allowPartial: settings.allow_partial === true };
	if (typeof settings.archive !== "string")
		return reading(await archive(access), partial);
	const around = { ...access, indexFolder };
	const growing = await openGrowing(settings.archive, around, signal);
	return {
		...reading(growing.archive, partial),
		archive: ({ request, ...job }, stop) =>
			growing.add({ ...job, request: fieldsOf(request) }, stop),
	};
}

const reading = (archive: Archive, partial: SelectOptions) => ({
	retrieve: async ({ request }: Job, stop: AbortSignal) => {
		const found = await archive
			.retrieve(fieldsOf(request), stop, partial)
			.catch(fail);
		return { ...found, stream: toldOf(found.stream) };
	},
	plan: async ({ request }: Pick<Job, "request">, stop: AbortSignal) => {
		const parts = await archive
			.find(fieldsOf(request), stop, partial)
			.catch(fail);
		const bytes = parts.reduce((sum, { length }) => sum + length, 0);
		return {
			fields: parts.length,
			mediaType: "application/x-grib",
			read: { bytes, cold: bytes },
			sent: { bytes, exact: true },
		};
	},
});

const fail = (reason: unknown): never => {
	throw told(reason);
};

/** Where the files of a datasource lie, and how they are reached. */
export function accessOf(
	settings: Configured["settings"],
	sampleFolder: string,
): RemoteAccess {
	const paths = Array.isArray(settings.path) ? settings.path.map(String) : [];
	const path = paths.map((path) => (path === "sample:" ? sampleFolder : path));
	const { access_key: accessKey, secret_key: secretKey } = settings;
	return typeof accessKey === "string" && typeof secretKey === "string"
		? { path, keys: { accessKey, secretKey } }
		: { path };
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
