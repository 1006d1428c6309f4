import type { Area } from "../grid/area.ts";

/** A place on the sphere, degrees; longitude in any turn. */
export interface Place {
	readonly latitude: number;
	readonly longitude: number;
}

/** The values of the nearest points, one coverage for each point asked for, in their order. */
export interface PointsFeature {
	readonly kind: "points";
	readonly type: "timeseries" | "position" | "verticalprofile";
	readonly points: readonly Place[];
	/** The key that the values of one coverage run along. */
	readonly along: "step" | "date" | "month" | "year" | "hdate" | "levelist";
}

/** All points of an area, the same for each field. */
export interface AreaFeature {
	readonly kind: "area";
	readonly type:
		| "boundingbox"
		| "polygon"
		| "shapefile"
		| "circle"
		| "frame"
		| "trajectory";
	readonly area: Area;
}

/** All points near a path through space and, where it says so, levels and steps. */
export interface CorridorFeature {
	readonly kind: "corridor";
	readonly type: "trajectory";
	/** What the corridor cuts out of the fields of a level and a step (hours); undefined: nothing. */
	section(
		level: number | undefined,
		step: number | undefined,
	): Area | undefined;
}

/** A vertex of a path that is sampled. What it leaves out does not decide. */
export interface Vertex extends Place {
	readonly level?: number;
	/** Hours since the reference time. */
	readonly step?: number;
	/** When it is passed: milliseconds since 1970. */
	readonly time?: number;
}

/** One nearest value for each vertex, in their order: in space, and of level and time where a vertex says them. */
export interface SamplesFeature {
	readonly kind: "samples";
	readonly type: "trajectory";
	readonly vertices: readonly Vertex[];
	/** Whether a value that several vertices share stands once, at the first. */
	readonly distinct?: boolean;
}

export type Feature =
	| PointsFeature
	| AreaFeature
	| CorridorFeature
	| SamplesFeature;

/** A feature, and what it says about keys of the request. */
export interface CompiledFeature {
	readonly feature: Feature;
	/**
	 * MARS keys that the feature adds, in MARS language: `step: 0/to/360`, `levelist: 500/to/850`. Without `by` all
	 * values between that the data has.
	 */
	readonly keys: Readonly<Record<string, string>>;
	/** Corners and places that it is made of. */
	readonly vertices: number;
	/** Square kilometres on the sphere (6371.229 km); 0 for points. */
	readonly area: number;
}
