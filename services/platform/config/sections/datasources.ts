import { z } from "zod";
import { remotePathFault } from "../remote-path.ts";
import { duration, flag, size, text, whole } from "../values.ts";
import { roles } from "./roles.ts";

/** What cuts features out of fields has these. */
const FEATURES = [
	"path",
	"access_key",
	"secret_key",
	"zarr",
	"zarr_keys",
	"allow_partial",
	"profile",
	"polytope_answers",
	"shapes",
	"grids",
	"learn",
	"max_vertices",
	"max_area",
	"max_fields",
	"max_points",
	"max_read",
	"max_sent",
];

/** The types that are built, each with the keys of its own. */
export const DATASOURCE_TYPES: Readonly<Record<string, readonly string[]>> = {
	echo: [],
	dummy: ["pace"],
	raise: ["error_message", "temporary", "retry_after"],
	grib: ["path", "access_key", "secret_key", "allow_partial", "archive"],
	features: FEATURES,
	// The name that Polytope 1 has for it.
	polytope: FEATURES,
};

/** Types of v1 that are not built; asking for one is an error that says so. */
export const DATASOURCE_TYPES_TO_COME: readonly string[] = [
	"fdb",
	"mars",
	"federated",
	"webmars",
	"ionbeam",
];

/**
 * A value in `match`, `defaults`, `patch`: as written in the file (`0001` stays `0001`), lists and maps of such; `null`
 * deletes what a parent, or the datasource that a collection overrides, has there.
 */
export type RequestValue =
	| string
	| null
	| RequestValue[]
	| { [key: string]: RequestValue };
const requestValue: z.ZodType<RequestValue> = z.lazy(() =>
	z.union(
		[
			z.string(),
			z.null(),
			z.array(requestValue),
			z.record(z.string(), requestValue),
		],
		{ error: "expected text, a list or a map" },
	),
);
const requestMap = (description: string) =>
	z.record(z.string(), requestValue).meta({ description, kind: "map" });

const names = z.array(text("A datasource's name."));
const keys = {
	name: text("Name of the datasource."),
	type: text(
		`One of ${Object.keys(DATASOURCE_TYPES).join(", ")}. May come from a parent.`,
	),
	repr: text("How messages call it; its name by default.").nullable(),
	roles: roles(
		"Who may use it; everyone of the collection when left out.",
	).nullable(),
	defaults: requestMap(
		"Request keys added where absent, before matching.",
	).nullable(),
	match: requestMap(
		"Rules that a request must meet, key by key; an empty list forbids the key.",
	).nullable(),
	patch: requestMap("Request keys set after matching.").nullable(),
	parents: names
		.meta({
			description: "Datasources whose settings this one starts from, in order.",
			kind: "list of text",
		})
		.nullable(),
	pace: duration("`dummy`: pause before every 2 MiB.").nullable(),
	error_message: text("`raise`: what it fails with.").nullable(),
	temporary: whole(
		"`raise`: so many times each request meets a temporary fault, then it is answered; left out: it fails for good.",
		0,
		1000,
	).nullable(),
	retry_after: duration(
		"`raise`: how long a temporary fault asks to be left alone.",
	).nullable(),
	path: z
		.union([z.string().min(1), z.array(z.string().min(1)).min(1)], {
			error: "expected a path or a list of paths",
		})
		.transform((path) => [path].flat())
		.superRefine((paths, ctx) => {
			for (const message of paths.flatMap(remotePathFault))
				ctx.addIssue({ code: "custom", message });
		})
		.meta({
			description:
				"`grib`, `features`: files, folders and globs, relative to the configuration file; `https://…` is one file behind HTTP, `s3://host:port/bucket/prefix?tls=false&region=NAME` objects of any S3 server (a key, a prefix, or a glob with `*`, `**`, `{a,b}`; port and query may be left out); `sample:` is the sample archive in the data folder.",
			kind: "list of paths",
		})
		.nullable(),
	access_key: text(
		"`grib`, `features`: access key for `path` or `zarr` in S3, best read from the environment; without it buckets are read as by anybody.",
	).nullable(),
	secret_key: text(
		"`grib`, `features`: secret key for `path` or `zarr` in S3, best read from the environment.",
	).nullable(),
	archive: z
		.string()
		.min(1)
		.meta({
			description:
				"`grib`: folder that takes what users archive, relative to the configuration file; it is read like `path`. Without it nothing can be archived. Give it `roles` to say who may.",
			kind: "path",
		})
		.nullable(),
	allow_partial: flag(
		"`grib`, `features`: give what exists when some fields are absent.",
	).nullable(),
	zarr: text(
		"`features`, instead of `path`: a Zarr, as a folder relative to the configuration file, as http(s)://… or as s3://… (written as in `path`), or a file of NetCDF (`.nc`), NetCDF 3 behind HTTP too; `sample:` is the sample's.",
	)
		.superRefine((zarr, ctx) => {
			for (const message of remotePathFault(zarr))
				ctx.addIssue({ code: "custom", message });
		})
		.nullable(),
	zarr_keys: requestMap(
		"`features` with `zarr`: MARS keys of the data. A text is a key that all of it has (`class: od`); `dimensions` and `params` are maps from what the Zarr calls them to MARS.",
	).nullable(),
	profile: z
		.enum(["polytope", "ogc"], { error: "expected polytope or ogc" })
		.meta({
			description:
				"`features`: which CoverageJSON, unless a request says `profile`: `polytope` (what Polytope writes and earthkit reads) by default, or `ogc` (valid OGC CoverageJSON 1.0).",
		})
		.nullable(),
	polytope_answers: flag(
		"`features`: give Polytope's answer where it differs from the right one and somebody may depend on it.",
	).nullable(),
	shapes: text(
		"`features`: folder of shapes that requests may name (`shapefile`), relative to the configuration file.",
	).nullable(),
	grids: text(
		"`features`: folder of files with the points of unstructured grids, relative to the configuration file: a point a line, named after the grid's UUID.",
	).nullable(),
	learn: flag(
		"`features`: learn offsets of CCSDS and counts of bitmaps when files are indexed, and not when they are first read: kilobytes and tens of milliseconds a message of millions of points.",
	).nullable(),
	max_vertices: whole(
		"`features`: corners and points of one feature at most; 10000 by default.",
		1,
		Number.MAX_SAFE_INTEGER,
	).nullable(),
	max_area: whole(
		"`features`: square kilometres of one feature at most; no limit by default.",
		1,
		Number.MAX_SAFE_INTEGER,
	).nullable(),
	max_fields: whole(
		"`features`: fields read for one request at most; 100000 by default.",
		1,
		Number.MAX_SAFE_INTEGER,
	).nullable(),
	max_points: whole(
		"`features`: values in one answer at most; 100000000 by default.",
		1,
		Number.MAX_SAFE_INTEGER,
	).nullable(),
	max_read: size(
		"`features`: bytes read for one request at most; no limit by default.",
	).nullable(),
	max_sent: size(
		"`features`: bytes of one answer at most; no limit by default.",
	).nullable(),
};

/**
 * A datasource as configured, before its parents are merged in: every key optional, of whichever type; `null` deletes
 * what a parent says.
 */
export const datasource = z.strictObject(keys).partial();

const named = datasource.required({ name: true });
type Named = z.output<typeof named>;

/** A datasource as a collection lists it: its name, or its name with settings that override. */
export const datasourceEntry = z.union(
	[text("Name.").transform((name): Named => ({ name })), named],
	{ error: "expected a datasource's name, or a map with 'name'" },
);
