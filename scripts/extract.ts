import { enableCompileCache } from "node:module";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { parseArgs } from "node:util";
import { ChangedFile } from "../hypercube/bytes/changed.ts";
import { RemoteError } from "../hypercube/bytes/range.ts";
import { BrokenField, UnsupportedField } from "../hypercube/cube/field.ts";
import type { ExtractOptions, Source } from "../hypercube/extract.ts";
import { RequestError } from "../hypercube/mars/errors.ts";
import { isNetcdf } from "../hypercube/netcdf/netcdf.ts";
import { StoreError } from "../hypercube/zarr/store/store.ts";
import { featuresOf, Misuse } from "./extract/features.ts";

const USAGE = `npm run -s extract -- FILE… FEATURE [KEY=VALUE]… [--format F] [--profile P] [--plan]

FILE…        GRIB files, folders of them, https://… of a file, s3://host[:port]/bucket/key, prefix or 'pattern'
             (keys: AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY), or one Zarr (a folder or URL that ends in .zarr) or NetCDF
FEATURE      --point LAT,LON …         the nearest values, over all steps; several points may be given
             --profile-at LAT,LON      over all levels
             --box SOUTH,WEST,NORTH,EAST
             --circle LAT,LON,RADIUS   degrees, or with a unit: 50,10,100km
             --polygon TEXT            WKT, or a file of WKT or GeoJSON
             --feature JSON            any feature, as in a request
KEY=VALUE    MARS keys: param=2t step=0/to/24 levelist=500/850; what is left out is all there is
--format     covjson (default), csv, geojson, netcdf
--profile    polytope (default), ogc
--grids      folder of files with the points of unstructured grids
--plan       only say what would be read and written`;

/** Compiled code of the library, half of the time of a small answer; where it cannot be written, it is compiled anew. */
const COMPILED = join(import.meta.dirname, "../node_modules/.cache/compiled");

async function main(args: readonly string[]): Promise<void> {
	const { values, positionals } = parseArgs({
		args: southern(args),
		allowPositionals: true,
		allowNegative: false,
		options: {
			point: { type: "string", multiple: true, default: [] },
			"profile-at": { type: "string", multiple: true, default: [] },
			box: { type: "string" },
			circle: { type: "string" },
			polygon: { type: "string" },
			feature: { type: "string" },
			format: { type: "string" },
			profile: { type: "string" },
			grids: { type: "string" },
			plan: { type: "boolean", default: false },
			help: { type: "boolean", short: "h", default: false },
		},
	});
	if (values.help) {
		process.stdout.write(`${USAGE}\n`);
		return;
	}
	const keys = positionals.filter((text) => /^[a-z_]+=/i.test(text));
	const files = positionals.filter((text) => !keys.includes(text));
	const features = await featuresOf(values);
	const [feature] = features;
	if (files.length === 0 || feature === undefined || features.length > 1)
		throw new Misuse("one or more files and one feature are needed");
	const request = {
		...(values["profile-at"].length > 0 && { levelist: "all" }),
		...mappingOf(keys),
		feature,
		...(values.format !== undefined && { format: values.format }),
		...(values.profile !== undefined && { profile: values.profile }),
	};
	const options: ExtractOptions = {
		allowPartial: true,
		...(values.grids !== undefined && { grids: values.grids }),
	};
	enableCompileCache(COMPILED);
	const { extract } = await import("../hypercube/extract.ts");
	using found = await extract(sourceOf(files), request, options);
	const { answer, faults } = found;
	for (const fault of faults) process.stderr.write(`${fault}\n`);
	if (values.plan) {
		const { stream: _stream, fieldsRead: _read, ...plan } = answer;
		process.stdout.write(`${JSON.stringify(plan, null, 2)}\n`);
		return;
	}
	await pipeline(answer.stream(), process.stdout, { end: false });
}

/** `param=2t` and the like, each key once. */
function mappingOf(texts: readonly string[]): Record<string, string> {
	const keys: Record<string, string> = {};
	for (const text of texts) {
		const at = text.indexOf("=");
		const key = text.slice(0, at).toLowerCase();
		if (Object.hasOwn(keys, key))
			throw new Misuse(`${key} is given twice; several values are a/b/c`);
		keys[key] = text.slice(at + 1);
	}
	return keys;
}

/** A place on the southern half begins with a dash and is no option: `--point -33.9,18.4` is `--point=-33.9,18.4`. */
function southern(args: readonly string[]): string[] {
	const joined: string[] = [];
	for (const arg of args) {
		const option = joined.at(-1) ?? "";
		if (/^--[a-z-]+$/.test(option) && /^-[\d.]/.test(arg))
			joined.splice(-1, 1, `${option}=${arg}`);
		else joined.push(arg);
	}
	return joined;
}

function sourceOf(files: readonly string[]): Source {
	const [first = ""] = files;
	const keys = keysIn(process.env);
	const isZarr = /\.zarr\/?(?:\?.*)?$/.test(first);
	return files.length === 1 && (isZarr || isNetcdf(first))
		? { zarr: first, keys }
		: { grib: files, keys };
}

/** Keys of S3, where its own tools look for them. */
function keysIn({
	AWS_ACCESS_KEY_ID: accessKey,
	AWS_SECRET_ACCESS_KEY: secretKey,
}: NodeJS.ProcessEnv) {
	return accessKey && secretKey ? { accessKey, secretKey } : undefined;
}

/** What the user can mend is told in a line; all else is a bug, with its stack. */
function isTheirs(reason: unknown): reason is Error {
	return (
		reason instanceof Misuse ||
		reason instanceof RequestError ||
		reason instanceof UnsupportedField ||
		reason instanceof BrokenField ||
		reason instanceof RemoteError ||
		reason instanceof StoreError ||
		reason instanceof ChangedFile ||
		reason instanceof SyntaxError ||
		(reason instanceof Error && "code" in reason)
	);
}

try {
	await main(process.argv.slice(2));
} catch (reason) {
	// Whoever reads has seen enough, such as `head`.
	if (reason instanceof Error && "code" in reason && reason.code === "EPIPE")
		process.exit(0);
	if (!isTheirs(reason)) throw reason;
	process.stderr.write(
		`${reason.message}\n${reason instanceof Misuse ? `${USAGE}\n` : ""}`,
	);
	process.exitCode = 1;
}
