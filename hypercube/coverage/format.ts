import type { CoverageCollection, CoverageOutlines } from "../cube/coverage.ts";
import { RequestError } from "../mars/errors.ts";
import { ogcCovjson } from "./covjson/ogc.ts";
import { polytopeCovjson } from "./covjson/polytope.ts";
import { csv } from "./csv.ts";
import { geojson } from "./geojson.ts";
import { netcdf, netcdfSize } from "./netcdf/netcdf.ts";

/** A part of what is written. */
export type Piece = string | Uint8Array;

/** A way to write a collection of coverages. */
export interface Format {
	/** What users call it. */
	readonly name: string;
	/** Of CoverageJSON: for which readers. */
	readonly profile?: Profile;
	readonly mediaType: string;
	/** Of a file's name, with its dot. */
	readonly extension: string;
	/** Text, which is sent as UTF-8, or octets; piece by piece. */
	pieces(collection: CoverageCollection): AsyncIterable<Piece>;
	/** Octets of all of them, where that can be told before anything is read. */
	size?(outlines: CoverageOutlines): Promise<number>;
}

/** CoverageJSON as covjsonkit writes it, or as the OGC standardised it. */
export type Profile = "polytope" | "ogc";

/** Read by polytope-client, which knows no other type of CoverageJSON, and earthkit-data. */
export const covjson: Format = {
	name: "covjson",
	profile: "polytope",
	mediaType: "application/prs.coverage+json",
	extension: ".covjson",
	pieces: polytopeCovjson,
};

export const covjsonOgc: Format = {
	...covjson,
	profile: "ogc",
	pieces: ogcCovjson,
};

/** Under the media type that the standard gave it later (OGC 21-069r2, clause 8). */
const vndCov: Format = { ...covjsonOgc, mediaType: "application/vnd.cov+json" };

export const table: Format = {
	name: "csv",
	mediaType: "text/csv",
	extension: ".csv",
	pieces: csv,
};

export const features: Format = {
	name: "geojson",
	mediaType: "application/geo+json",
	extension: ".geojson",
	pieces: geojson,
};

/** Under the name that most programs give it. */
export const dataset: Format = {
	name: "netcdf",
	mediaType: "application/x-netcdf",
	extension: ".nc",
	pieces: netcdf,
	size: netcdfSize,
};

/** Others call it so. */
const plainNetcdf: Format = { ...dataset, mediaType: "application/netcdf" };

/** Every spelling of a format, in lower case. */
const FORMATS: Readonly<Record<string, Format>> = {
	covjson,
	coveragejson: covjson,
	"application/prs.coverage+json": covjson,
	"application/vnd.cov+json": vndCov,
	csv: table,
	"text/csv": table,
	geojson: features,
	"application/geo+json": features,
	netcdf: dataset,
	"application/x-netcdf": dataset,
	"application/netcdf": plainNetcdf,
};

const PROFILES: readonly string[] = [
	"polytope",
	"ogc",
] satisfies readonly Profile[];

/**
 * The format that a request's `format` and `profile` mean: names or media types, in any case; CoverageJSON for Polytope's
 * readers where they say nothing.
 *
 * @throws RequestError that says what there is
 */
export function formatOf(
	format: string | undefined,
	profile?: string,
	standard: Profile = "polytope",
): Format {
	const found = format === undefined ? covjson : known(format);
	const wanted = profile?.trim().toLowerCase();
	const faults = [
		...formatFaults(format, found),
		...profileFaults(wanted, found),
	];
	if (found === undefined || faults.length > 0) throw new RequestError(faults);
	if (found !== covjson) return found;
	return (wanted ?? standard) === "ogc" ? covjsonOgc : covjson;
}

function known(format: string): Format | undefined {
	const spelling = format.trim().toLowerCase();
	return Object.hasOwn(FORMATS, spelling) ? FORMATS[spelling] : undefined;
}

function formatFaults(
	format: string | undefined,
	found: Format | undefined,
): readonly string[] {
	const all = Object.keys(FORMATS).join(", ");
	return found === undefined
		? [`format: ${format} is not known; there are ${all}`]
		: [];
}

function profileFaults(
	wanted: string | undefined,
	found: Format | undefined,
): readonly string[] {
	if (wanted === undefined) return [];
	if (!PROFILES.includes(wanted))
		return [
			`profile: ${wanted} is not known; there are ${PROFILES.join(", ")}`,
		];
	if (found === undefined || found === covjson || found.profile === wanted)
		return [];
	return [`profile: ${wanted} does not go with ${found.mediaType}`];
}
