import type { Outline } from "../../cube/coverage.ts";
import type {
	ClassicVariable,
	Dimension,
} from "../../netcdf/classic/header.ts";
import { areaFrame } from "./axes.ts";
import {
	type Column,
	columnOctets,
	columnsOf,
	columnVariable,
	roleColumn,
	writeColumn,
} from "./columns.ts";
import type { Survey } from "./survey.ts";

/** How coverages that are alike lie beside each other. */
export interface Frame {
	/** Of CF's discrete geometries. */
	readonly featureType?: string;
	readonly record: Dimension;
	/** Along which the coverages of one record lie. */
	readonly dimensions: readonly Dimension[];
	/** Coverages of a record. */
	readonly together: number;
	/** Coordinates that do not lie along the records, with their octets; and those that do. */
	readonly fixed: readonly FrameVariable[];
	readonly records: readonly FrameVariable[];
}

export interface FrameVariable extends ClassicVariable {
	/** @param first the first coverage of a record, and which record that is */
	octets(first: Outline, nth: number): Uint8Array;
}

/** What CF calls a coverage of a domain, and the file. */
export const roles = {
	PointSeries: ["timeseries", "timeSeries"],
	VerticalProfile: ["profile", "profile"],
	Trajectory: ["trajectory", "trajectory"],
} as const;

/** Areas lie along time and members where they can; all else, one after the other. */
export function frameOf(survey: Survey): Frame {
	const { type } = survey.first.domain;
	if (type === "MultiPoint")
		return areaFrame(survey) ?? listFrame(survey, "coverage", []);
	const [role, featureType] = roles[type];
	return { ...listFrame(survey, role, [roleColumn(role)]), featureType };
}

function listFrame(
	survey: Survey,
	name: string,
	columns: readonly Column[],
): Frame {
	const record = { name, length: survey.coverages };
	const records = [...columns, ...columnsOf(survey)].map((column) => ({
		...columnVariable(column, record),
		octets(outline: Outline, nth: number) {
			const bytes = Buffer.alloc(columnOctets(column));
			writeColumn(column, column.of(outline, nth), bytes, 0);
			return bytes;
		},
	}));
	return { record, dimensions: [], together: 1, fixed: [], records };
}
