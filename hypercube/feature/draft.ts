import type { Mapping, Value } from "../mars/document.ts";
import { RequestError } from "../mars/errors.ts";
import { show } from "../mars/show.ts";

/** Contents of a named shape: GeoJSON, WKT, or the `.shp` of a shapefile. */
export interface ShapeFile {
	readonly format: "geojson" | "wkt" | "shp";
	readonly bytes: Uint8Array;
}

export interface FeatureOptions {
	/** Polytope's answers where they differ from ours: see the pages on each feature. */
	readonly compatible?: boolean;
	/** How many corners and places a feature may be made of. Default 100 000. */
	readonly maxVertices?: number;
	/** The shape of that name, which is never a path; undefined where there is none. Without it no names are known. */
	readonly load?: (name: string) => Promise<ShapeFile | undefined>;
}

/** A feature while it is read: what was written, and what is wrong with it. */
export interface Draft {
	/** After aliases, numbers as numbers. */
	readonly feature: Mapping;
	/** The feature's type after aliases. */
	readonly type: string;
	/** Keys that the request itself says, beside the feature. */
	readonly body: ReadonlySet<string>;
	readonly options: FeatureOptions;
	readonly faults: Faults;
}

/** Faults told in full; of more than these only how many. */
const TOLD = 20;

/** What is wrong with a feature, all of it. */
export class Faults {
	readonly #told: string[] = [];
	#more = 0;

	/** Notes a fault; the same words twice are one. */
	add(fault: string): undefined {
		if (this.#told.includes(fault)) return undefined;
		if (this.#told.length < TOLD) this.#told.push(fault);
		else this.#more += 1;
		return undefined;
	}

	get any(): boolean {
		return this.#told.length > 0;
	}

	/** @throws {RequestError} when there are any */
	settle(): void {
		if (!this.any) return;
		const more = this.#more > 0 ? [`and ${this.#more} more`] : [];
		throw new RequestError([...this.#told, ...more]);
	}
}

/** What was written, for the end of a fault: a word also where nothing was. */
export function written(value: Value | undefined): string {
	if (value === undefined || value === null) return "nothing";
	return typeof value === "string" && value.trim() === ""
		? "empty"
		: show(value);
}

/** Whether the feature has no more corners and places than it may; else a fault. */
export function within(draft: Draft, vertices: number): boolean {
	const most = draft.options.maxVertices ?? 100_000;
	if (vertices <= most) return true;
	draft.faults.add(
		`Number of points ${vertices} exceeds the maximum of ${most}`,
	);
	return false;
}
