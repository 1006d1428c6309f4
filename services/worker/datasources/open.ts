import type { Archive } from "../../../hypercube/archive/archive.ts";
import type { RemoteAccess } from "../../../hypercube/archive/remote/remotes.ts";
import type { Datasource as Configured } from "../../collections/resolve.ts";
import type { Datasource } from "./datasource.ts";
import { openDummy } from "./dummy.ts";
import { openEcho } from "./echo.ts";
import { openFeatureSource } from "./features/open.ts";
import type { Threads } from "./features/threads.ts";
import { openGrib } from "./grib/datasource.ts";
import { openRaise } from "./raise.ts";

/** What datasources need of their worker. */
export interface DatasourceSurroundings {
	/** Where an index goes that cannot lie beside its data. */
	readonly indexFolder: string;
	/** What the path `sample:` means. */
	readonly sampleFolder: string;
	/** What the Zarr `sample:` means. */
	readonly sampleZarr: string;
	/** An archive of files; datasources with the same paths and keys share one. */
	readonly archive: (access: RemoteAccess) => Promise<Archive>;
	/** Where features are cut out. */
	readonly threads: Threads;
	readonly signal: AbortSignal;
}

type Open = (
	settings: Configured["settings"],
	around: DatasourceSurroundings,
) => Promise<Datasource>;

/** One row a type; the types and their keys in the configuration are `platform/config/sections/datasources.ts`. */
const TYPES: Readonly<Record<string, Open>> = {
	echo: async () => openEcho(),
	raise: async ({ error_message, temporary, retry_after }) =>
		openRaise({
			message:
				typeof error_message === "string"
					? error_message
					: "Datasource raised an error!",
			...(typeof temporary === "number" && { temporary }),
			...(typeof retry_after === "number" && { retryAfter: retry_after }),
		}),
	dummy: async ({ pace }) => openDummy(typeof pace === "number" ? pace : 0),
	grib: openGrib,
	features: openFeatureSource,
	// The name that Polytope 1 has for it.
	polytope: openFeatureSource,
};

export const datasourceTypes: readonly string[] = Object.keys(TYPES);

/** Opens a configured datasource. @throws Error when its type is unknown. */
export function openDatasource(
	source: Configured,
	around: DatasourceSurroundings,
): Promise<Datasource> {
	const open = TYPES[source.type];
	if (open === undefined)
		throw new Error(
			`datasource ${source.name} has the type '${source.type}', which this worker cannot serve`,
		);
	return open(source.settings, around);
}
