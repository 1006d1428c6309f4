import type { GribRequest } from "../archive/axes.ts";
import { BrokenField, type Field } from "../cube/field.ts";
import { Batch } from "./batch.ts";
import { ZarrCatalogue } from "./catalogue.ts";
import { locate } from "./coordinates.ts";
import { Source, ZarrField } from "./field.ts";
import { type FieldVariable, fieldsOf, readingOnce } from "./fields.ts";
import { UnreadableArray } from "./format/meta.ts";
import type { Group, ZarrFault } from "./group.ts";
import { Grids } from "./horizontal.ts";
import type { ZarrMapping } from "./mapping.ts";
import { type Chosen, type SelectOptions, select } from "./select.ts";

/** A hypercube of variables with CF metadata: a Zarr, or a file of NetCDF. */
export interface CfCube {
	/** MARS keys, and the values of each, ascending. */
	axes(): Readonly<Record<string, readonly string[]>>;
	/** The fields a request asks for, in order. @throws RequestError that says what cannot be had. */
	select(request: GribRequest, options?: SelectOptions): Field[];
	/** Variables that cannot be read, and why. */
	faults(): readonly ZarrFault[];
}

/** Works out which fields the variables of a group are. What is wrong with one is among the faults. @throws StoreError */
export async function cubeOf(
	group: Group,
	mapping: ZarrMapping,
	signal: AbortSignal,
): Promise<CfCube> {
	const grids = new Grids();
	const numbers = readingOnce(signal);
	const variables: FieldVariable[] = [];
	const faults = [...group.faults];
	for (const [name, variable] of group.variables) {
		const located = locate(variable, group, mapping);
		const horizontal = grids.of(variable, located, group);
		if (!horizontal) continue;
		try {
			variables.push(
				await fieldsOf(variable, { located, horizontal }, mapping, numbers),
			);
		} catch (error) {
			const its =
				error instanceof UnreadableArray || error instanceof BrokenField;
			if (!its) throw error;
			faults.push({ variable: name, reason: error.message });
		}
	}
	return new OpenCube(variables, faults);
}

class OpenCube implements CfCube {
	readonly #variables: readonly FieldVariable[];
	readonly #faults: readonly ZarrFault[];
	readonly #catalogue: ZarrCatalogue;
	readonly #sources = new Map<FieldVariable, Source>();

	constructor(
		variables: readonly FieldVariable[],
		faults: readonly ZarrFault[],
	) {
		this.#variables = variables;
		this.#faults = faults;
		this.#catalogue = new ZarrCatalogue(variables);
		for (const variable of variables)
			this.#sources.set(variable, new Source(variable));
	}

	axes(): Readonly<Record<string, readonly string[]>> {
		const { keys } = this.#catalogue;
		return Object.fromEntries(
			keys.map((key) => [key, [...this.#catalogue.ranks(key).keys()]]),
		);
	}

	select(request: GribRequest, options?: SelectOptions): Field[] {
		const batches = new Map<string, Batch>();
		return select(this.#variables, this.#catalogue, request, options).flatMap(
			(chosen) => {
				const source = this.#sources.get(chosen.of);
				if (!source) return [];
				const id = chunksOf(chosen);
				const batch = batches.get(id) ?? new Batch();
				batches.set(id, batch);
				return [new ZarrField(source, chosen, batch)];
			},
		);
	}

	faults(): readonly ZarrFault[] {
		return this.#faults;
	}
}

/** Tells the chunks of a field from those of another: fields that lie in the same ones share their cost. */
function chunksOf({ of, indices }: Chosen): string {
	const { chunks, name } = of.variable.meta;
	const places = of.outer.map(({ at }, n) =>
		Math.floor((indices[n] ?? 0) / (chunks[at] ?? 1)),
	);
	return `${name}/${places.join(".")}`;
}
