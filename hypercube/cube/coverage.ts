import type { Coordinates } from "../grid/grid.ts";

/** A physical quantity of the answer. */
export interface Parameter {
	/** Short name; what the ranges are called. */
	readonly name: string;
	/** ECMWF's number, where it has one. */
	readonly id?: number;
	readonly label: string;
	readonly units: string;
	/** CF standard name, where there is one. */
	readonly standardName?: string;
}

/**
 * Points whose coordinates are made when they are asked for: there may be millions. What one area cuts out of one grid is
 * one object, for whoever would write it once only.
 */
export interface Points {
	readonly count: number;
	/** Coordinates of the points `from` to `to` (excluded). */
	slice(from: number, to: number): Coordinates;
}

/** A place in time: what the forecast starts from, how far it reaches, and when that is. */
export interface Instant {
	/** When the data holds: ISO 8601 in UTC with `Z`, whole seconds. */
	readonly time: string;
	/** Hours since the reference time; undefined where the data knows no step. */
	readonly step: number | undefined;
}

/** One value after the other at one place. The domain PointSeries of CoverageJSON. */
export interface SeriesDomain {
	readonly type: "PointSeries";
	readonly latitude: number;
	readonly longitude: number;
	readonly level: number | undefined;
	readonly instants: readonly Instant[];
}

/** One value above the other at one place. VerticalProfile. */
export interface ProfileDomain {
	readonly type: "VerticalProfile";
	readonly latitude: number;
	readonly longitude: number;
	/** Ascending by number. */
	readonly levels: readonly number[];
	readonly instant: Instant;
}

/** Points of an area, the same on each level; values level by level. MultiPoint. */
export interface AreaDomain {
	readonly type: "MultiPoint";
	readonly points: Points;
	/** Empty where the data has no level. */
	readonly levels: readonly number[];
	readonly instant: Instant;
}

/** Points of a path: in a corridor around it, or sampled along it. Values section by section. Trajectory. */
export interface PathDomain {
	readonly type: "Trajectory";
	readonly sections: readonly {
		readonly instant: Instant;
		readonly level: number | undefined;
		readonly points: Points;
	}[];
}

export type Domain = SeriesDomain | ProfileDomain | AreaDomain | PathDomain;

/** What is known of a coverage before any of its values is read. */
export interface Outline {
	/** MARS keys that all its values share, in their one spelling. */
	readonly keys: Readonly<Record<string, string>>;
	/** The reference time of the forecast; ISO 8601 in UTC with `Z`. */
	readonly reference: string;
	readonly domain: Domain;
	/** Those it has values of, in the request's order. */
	readonly parameters: readonly Parameter[];
}

/** Values that share a domain. */
export interface Coverage extends Outline {
	/**
	 * All values of one of its parameters in the order of the domain, in slices that the receiver may keep until the
	 * next; `NaN` where one is missing. Asked for once a parameter, in their order; rows of a table read all parameters side
	 * by side, so what one hands out must outlive what another does.
	 */
	values(parameter: Parameter): AsyncIterable<Float64Array>;
}

/** What is known of coverages before any value is read. */
export interface CoverageOutlines {
	/** The feature's type, after aliases: `timeseries`, `boundingbox`, … */
	readonly feature: string;
	readonly domainType: Domain["type"];
	/** All that some coverage has values of. */
	readonly parameters: readonly Parameter[];
	/** Those of which every value is one of single precision. */
	readonly singles: ReadonlySet<Parameter>;
	/** The coverages without their values, in their order, for formats that say first what follows. As often as asked for. */
	outlines(): AsyncIterable<Outline>;
}

/** What a feature cut out of a hypercube: what every format is written from. */
export interface CoverageCollection extends CoverageOutlines {
	/** At least one. */
	readonly coverages: AsyncIterable<Coverage>;
}
