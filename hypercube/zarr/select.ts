import { type Axis, axesOf, type GribRequest } from "../archive/axes.ts";
import { Wanted } from "../archive/missing.ts";
import { RequestError } from "../mars/errors.ts";
import type { ZarrCatalogue } from "./catalogue.ts";
import type { FieldVariable, Outer } from "./fields.ts";

/** A field that was asked for: a variable, and the index along each of its outer dimensions. */
export interface Chosen {
	readonly of: FieldVariable;
	readonly indices: readonly number[];
}

export interface SelectOptions {
	/** Give what there is where some of the fields asked for are absent (but not where all are). */
	readonly allowPartial?: boolean | undefined;
}

/** More fields than anyone means to ask for. */
const mostFields = 1_000_000;

/** An index of a dimension that is wanted, with the ranks of its values on the axes. */
interface Place {
	readonly index: number;
	readonly ranks: ReadonlyMap<Axis, number>;
}

interface Found extends Chosen {
	/** On each axis, in their order. */
	readonly ranks: readonly number[];
}

/**
 * The fields a request asks for, nested as those of an archive: in the order of the axes, each axis in the request's own
 * order. Of fields with the same keys the last variable's is taken.
 * @throws RequestError for unknown keys, absent fields (each combination of the values asked for must have one) and
 * requests beyond bounds
 */
export function select(
	variables: readonly FieldVariable[],
	catalogue: ZarrCatalogue,
	request: GribRequest,
	options: SelectOptions = {},
): Chosen[] {
	if (variables.length === 0)
		throw new RequestError(["the archive has no fields"]);
	const axes = axesOf(catalogue, withoutImplied(catalogue, request));
	const wanted = new Wanted(axes);
	const parts = variables.flatMap((of) => matches(of, axes) ?? []);
	const count = parts.reduce((sum, { places }) => sum + sizeOf(places), 0);
	if (count > mostFields)
		throw new RequestError([
			`the request asks for ${count} fields, which is more than the ${mostFields} allowed: split it`,
		]);
	const found = parts.flatMap((part) => combinations(part, axes));
	const at = new Map(axes.map((axis, place) => [axis, place]));
	for (const { ranks } of found)
		wanted.note((axis) => ranks[at.get(axis) ?? -1] ?? 0);
	wanted.check(options.allowPartial ?? false);
	return ordered(found);
}

const sizeOf = (places: readonly (readonly Place[])[]): number =>
	places.reduce((product, { length }) => product * length, 1);

/** An analysis has no step; whoever asks for step 0 of it means it. */
function withoutImplied(
	catalogue: ZarrCatalogue,
	request: GribRequest,
): GribRequest {
	const { step, ...others } = request;
	const zero =
		Array.isArray(step) &&
		step.length === 1 &&
		/^0[hms]?$/.test(String(step[0]));
	return zero && !catalogue.has("step") ? others : request;
}

interface Part {
	readonly of: FieldVariable;
	readonly common: ReadonlyMap<Axis, number>;
	/** Of each outer dimension. */
	readonly places: readonly (readonly Place[])[];
}

/** What of a variable is wanted; undefined: nothing. */
function matches(of: FieldVariable, axes: readonly Axis[]): Part | undefined {
	const along = new Set(
		of.outer.flatMap(({ keys }) => keys.map(({ key }) => key)),
	);
	const common = new Map<Axis, number>();
	for (const axis of axes) {
		if (along.has(axis.key)) continue;
		const value = of.common[axis.key];
		const rank =
			value === undefined ? axis.absent : (axis.ranks.get(value) ?? -1);
		if (rank < 0) return undefined;
		common.set(axis, rank);
	}
	const places = of.outer.map((outer) => placesOn(outer, axes));
	return places.some(({ length }) => length === 0)
		? undefined
		: { of, common, places };
}

function placesOn({ size, keys }: Outer, axes: readonly Axis[]): Place[] {
	const columns = keys.flatMap(({ key, values }) => {
		const axis = axes.find((axis) => axis.key === key);
		return axis ? [{ axis, values }] : [];
	});
	const places: Place[] = [];
	for (let index = 0; index < size; index++) {
		const ranks = new Map<Axis, number>();
		for (const { axis, values } of columns) {
			const rank = axis.ranks.get(values[index] ?? "");
			if (rank === undefined) break;
			ranks.set(axis, rank);
		}
		if (ranks.size === columns.length) places.push({ index, ranks });
	}
	return places;
}

function combinations(
	{ of, common, places }: Part,
	axes: readonly Axis[],
): Found[] {
	let found: readonly (readonly Place[])[] = [[]];
	for (const some of places)
		found = found.flatMap((before) => some.map((place) => [...before, place]));
	return found.map((combination) => ({
		of,
		indices: combination.map(({ index }) => index),
		ranks: axes.map((axis) => {
			const own = combination.find(({ ranks }) => ranks.has(axis));
			return (own ? own.ranks.get(axis) : common.get(axis)) ?? 0;
		}),
	}));
}

/** In the order of the result; of identical ones the last. */
function ordered(found: readonly Found[]): Chosen[] {
	const compare = (a: Found, b: Found): number => {
		for (const [at, rank] of a.ranks.entries()) {
			const difference = rank - (b.ranks[at] ?? 0);
			if (difference !== 0) return difference;
		}
		return 0;
	};
	// The sort is stable: identical ones stay in the order of their variables.
	const sorted = [...found].sort(compare);
	return sorted.filter((field, at) => {
		const next = sorted[at + 1];
		return next === undefined || compare(field, next) !== 0;
	});
}
