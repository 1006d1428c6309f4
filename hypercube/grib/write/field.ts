import type { ReducedGaussianGrid } from "../../grid/octahedral.ts";
import type { ParameterCoding } from "./parameter.ts";

/** One field to be written, in MARS terms. */
export interface Field {
	readonly class: keyof typeof classes;
	readonly stream: keyof typeof streams;
	readonly type: keyof typeof types;
	/** Four characters. */
	readonly expver: string;
	/** Start of the forecast, YYYYMMDD. */
	readonly date: string;
	/** HHMM, UTC. */
	readonly time: string;
	/** Hours since the start. */
	readonly step: number;
	readonly parameter: ParameterCoding;
	/** hPa; for parameters on pressure levels. */
	readonly level?: number;
	/** The member, for type pf. */
	readonly member?: { readonly number: number; readonly total: number };
	readonly grid: ReducedGaussianGrid;
	/** Row by row, north to south, west to east; SI units. */
	readonly values: Float64Array;
	/** 1 to 24; 16 unless told. */
	readonly bits?: number;
}

/** Codes of the MARS classes in ECMWF's local section 2. */
export const classes = { od: 1, rd: 2, er: 3 } as const;
/** Codes of the MARS streams there. */
export const streams = { oper: 1025, enfo: 1035 } as const;
/** Codes of the MARS types there; `processed`: code table 1.4. */
export const types = {
	an: { code: 2, processed: 0 },
	fc: { code: 9, processed: 1 },
	cf: { code: 10, processed: 3 },
	pf: { code: 11, processed: 4 },
} as const;
