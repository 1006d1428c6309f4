import { type Parameter, parameter1 } from "./parameterlists.ts";
import { parameterNames } from "./tables.ts";

/** What is known of a parameter besides its id. */
export interface ParameterFacts {
	readonly shortName: string;
	readonly name: string;
	readonly units: string;
}

/**
 * The parameter id that a text means: an id (`167`), a GRIB 1 pair parameter.table (`167.128`, `11.1`) or a short
 * name (`2t`; where several parameters share one, the id that MARS users mean). Undefined for an unknown name.
 */
export function paramIdOf(text: string): number | undefined {
	const wanted = text.trim();
	const [, parameter, table] = /^(\d+)(?:\.(\d+))?$/.exec(wanted) ?? [];
	if (parameter !== undefined)
		return table === undefined
			? Number(parameter)
			: ofPair(Number(parameter), Number(table));
	const { mars } = parameterNames();
	for (const name of [wanted, wanted.toLowerCase()])
		if (Object.hasOwn(mars, name)) return mars[name];
	return undefined;
}

/** Short name, name and units of a parameter id. */
export function parameterOf(paramId: number): ParameterFacts | undefined {
	const [shortName, name, units] =
		parameterNames().params[String(paramId)] ?? [];
	if (shortName === undefined || name === undefined || units === undefined)
		return undefined;
	return { shortName, name, units };
}

/** Table 128 is the id itself; other pairs are looked up, and follow ECMWF's numbering where no list has them. */
function ofPair(parameter: number, table: number): number {
	if (table === 128 || table === 0) return parameter;
	const fields = new Map([
		["indicatorOfParameter", parameter],
		["table2Version", table],
	]);
	const found: Parameter = parameter1("ecmf", {
		fields,
		texts: () => undefined,
		statistics: [],
	});
	return found.paramId === 0 ? table * 1000 + parameter : found.paramId;
}
