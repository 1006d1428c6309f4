import type { Datasource as Configured } from "../../../collections/resolve.ts";
import type { Datasource } from "../datasource.ts";
import { accessOf } from "../grib/datasource.ts";
import type { DatasourceSurroundings } from "../open.ts";
import { type FieldSource, openFeatures } from "./datasource.ts";
import { Learning } from "./learning.ts";
import type { TaskOptions } from "./protocol.ts";

type Settings = Configured["settings"];

/** What cuts features out of the fields of an archive, or of a Zarr. */
export async function openFeatureSource(
	settings: Settings,
	around: DatasourceSurroundings,
): Promise<Datasource> {
	const source = await sourceOf(settings, around);
	around.threads.warm();
	return openFeatures(source, optionsOf(settings), around.threads);
}

async function sourceOf(
	settings: Settings,
	around: DatasourceSurroundings,
): Promise<FieldSource> {
	const allowPartial = settings.allow_partial === true;
	const access = accessOf(settings, around.sampleFolder);
	if (typeof settings.zarr === "string")
		return {
			kind: "zarr",
			location: settings.zarr === "sample:" ? around.sampleZarr : settings.zarr,
			keys: access.keys,
			mapping: mappingOf(settings.zarr_keys),
			allowPartial,
		};
	const { indexFolder, threads, signal } = around;
	const archive = await around.archive(access);
	const files = { indexFolder, access };
	const source = { kind: "archive", archive, ...files, allowPartial } as const;
	if (settings.learn !== true) return source;
	const learning = new Learning(archive, files, threads, signal);
	learning.look();
	return { ...source, learning };
}

/** `zarr_keys` of the configuration: texts are keys, the maps `params` and `dimensions` say what the Zarr calls them. */
function mappingOf(configured: Settings[string]) {
	const keys: Record<string, string> = {};
	const maps: Record<string, Record<string, string>> = {};
	if (typeof configured !== "object" || configured === null) return { keys };
	for (const [key, value] of Object.entries(configured)) {
		if (typeof value === "string") keys[key] = value;
		else if (typeof value === "object" && value !== null)
			maps[key] = Object.fromEntries(
				Object.entries(value).map(([name, meaning]) => [name, String(meaning)]),
			);
	}
	return {
		keys,
		...(maps.params && { params: maps.params }),
		...(maps.dimensions && { dimensions: maps.dimensions }),
	};
}

function optionsOf(settings: Settings): TaskOptions {
	const { profile, shapes, grids } = settings;
	return {
		profile: profile === "ogc" ? "ogc" : "polytope",
		compatible: settings.polytope_answers === true,
		maxVertices: number(settings.max_vertices) ?? 10_000,
		shapes: typeof shapes === "string" ? shapes : undefined,
		grids: typeof grids === "string" ? grids : undefined,
		limits: {
			fields: number(settings.max_fields) ?? 100_000,
			values: number(settings.max_points) ?? 100_000_000,
			...limit("area", settings.max_area),
			...limit("read", settings.max_read),
			...limit("sent", settings.max_sent),
		},
	};
}

const number = (value: Settings[string]): number | undefined =>
	typeof value === "number" ? value : undefined;

const limit = (name: "area" | "read" | "sent", value: Settings[string]) =>
	typeof value === "number" ? { [name]: value } : {};
