import type {
	Coverage,
	CoverageCollection,
	Parameter,
} from "../cube/coverage.ts";

/**
 * The same collection, where parameters that share a name (ECMWF has some) are told apart by their id: `t` and
 * `t_500014`. Every format names values by the name alone.
 */
export function distinct(collection: CoverageCollection): CoverageCollection {
	const names = new Set<string>();
	const renamed = new Map<string, Parameter>();
	for (const parameter of collection.parameters) {
		if (names.has(parameter.name)) {
			const name = `${parameter.name}_${parameter.id ?? names.size}`;
			renamed.set(keyOf(parameter), { ...parameter, name });
		}
		names.add(parameter.name);
	}
	if (renamed.size === 0) return collection;
	const now = (parameter: Parameter) =>
		renamed.get(keyOf(parameter)) ?? parameter;
	return {
		...collection,
		parameters: collection.parameters.map(now),
		coverages: (async function* () {
			for await (const coverage of collection.coverages)
				yield rename(coverage, now);
		})(),
	};
}

function rename(
	coverage: Coverage,
	now: (parameter: Parameter) => Parameter,
): Coverage {
	const before = new Map(coverage.parameters.map((one) => [now(one), one]));
	return {
		...coverage,
		parameters: [...before.keys()],
		values: (parameter) => coverage.values(before.get(parameter) ?? parameter),
	};
}

function keyOf({ name, id }: Parameter): string {
	return `${id ?? ""} ${name}`;
}
