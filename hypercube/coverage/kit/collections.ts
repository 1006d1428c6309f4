import type {
	Coverage,
	CoverageCollection,
	Domain,
	Parameter,
	Points,
} from "../../cube/coverage.ts";

export const t2m: Parameter = {
	name: "2t",
	id: 167,
	label: "2 metre temperature",
	units: "K",
	standardName: "air_temperature",
};

export const temperature: Parameter = {
	name: "t",
	id: 130,
	label: "Temperature",
	units: "K",
	standardName: "air_temperature",
};

export const humidity: Parameter = {
	name: "q",
	id: 133,
	label: "Specific humidity",
	units: "kg kg**-1",
	standardName: "specific_humidity",
};

/** MARS keys of an ensemble forecast. */
export const forecast = {
	class: "od",
	stream: "enfo",
	type: "pf",
	expver: "0001",
	levtype: "sfc",
	domain: "g",
	number: "1",
	date: "20250101",
	time: "0000",
} as const;

export const REFERENCE = "2025-01-01T00:00:00Z";

/** Points given as `[latitude, longitude]`. */
export function pointsOf(
	places: readonly (readonly [number, number])[],
): Points {
	return {
		count: places.length,
		slice: (from, to) => ({
			latitudes: Float64Array.from(places.slice(from, to), ([lat]) => lat),
			longitudes: Float64Array.from(places.slice(from, to), ([, lon]) => lon),
		}),
	};
}

/** A coverage whose values are told by the parameter's name, handed out in slices of a length. */
export function coverageOf(
	domain: Domain,
	values: Readonly<Record<string, readonly number[]>>,
	options: {
		readonly keys?: Readonly<Record<string, string>>;
		readonly reference?: string;
		readonly slice?: number;
		readonly parameters?: readonly Parameter[];
	} = {},
): Coverage {
	const known = options.parameters ?? [t2m, temperature, humidity];
	return {
		keys: options.keys ?? forecast,
		reference: options.reference ?? REFERENCE,
		domain,
		parameters: known.filter(({ name }) => Object.hasOwn(values, name)),
		async *values({ name }) {
			const all = Float64Array.from(values[name] ?? []);
			const step = options.slice ?? all.length;
			for (let from = 0; from < all.length; from += step)
				yield all.slice(from, from + step);
		},
	};
}

export function collectionOf(
	feature: string,
	coverages: readonly Coverage[],
	singles: readonly Parameter[] = [],
): CoverageCollection {
	const [first] = coverages;
	if (first === undefined) throw new Error("a collection is never empty");
	const parameters = new Map(
		coverages.flatMap((coverage) =>
			coverage.parameters.map((parameter) => [parameter.name, parameter]),
		),
	);
	return {
		feature,
		domainType: first.domain.type,
		parameters: [...parameters.values()],
		singles: new Set(singles),
		outlines: async function* () {
			yield* coverages;
		},
		coverages: (async function* () {
			yield* coverages;
		})(),
	};
}
