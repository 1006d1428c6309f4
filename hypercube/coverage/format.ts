import type { CoverageCollection } from "../cube/coverage.ts";
import { polytopeCovjson } from "./covjson/polytope.ts";

/** A way to write a collection of coverages. */
export interface Format {
	/** What users call it. */
	readonly name: string;
	/** Of CoverageJSON: for which readers. */
	readonly profile?: Profile;
	readonly mediaType: string;
	/** Of a file's name, with its dot. */
	readonly extension: string;
	/** Text, piece by piece. */
	pieces(collection: CoverageCollection): AsyncIterable<string>;
}

/** CoverageJSON as covjsonkit writes it, or as the OGC standardised it. */
export type Profile = "polytope" | "ogc";

export const covjson: Format = {
	name: "covjson",
	profile: "polytope",
	mediaType: "application/prs.coverage+json",
	extension: ".covjson",
	pieces: polytopeCovjson,
};
