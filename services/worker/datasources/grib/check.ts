import {
	type Axis,
	axesOf,
	columnOf,
	type GribRequest,
	ranksIn,
} from "../../../../hypercube/archive/axes.ts";
import { impliedValues } from "../../../../hypercube/archive/canonical.ts";
import { Catalogue } from "../../../../hypercube/archive/catalogue.ts";
import {
	type FileIndex,
	valueAt,
} from "../../../../hypercube/archive/columns.ts";
import { Wanted } from "../../../../hypercube/archive/missing.ts";
import { RequestError } from "../../../../hypercube/mars/errors.ts";

/** How many messages of one kind of fault an error names. */
const MOST_NAMED = 10;

/**
 * Whether data is what a request says: every message one of its fields, every field there, none twice, and nothing
 * between them. A key that the request leaves out may have any values.
 *
 * @throws RequestError that says all that is wrong
 */
export function checkFields(index: FileIndex, request: GribRequest): void {
	const broken = index.faults.map(
		({ offset, reason }) => `at byte ${offset ?? 0}: ${reason}`,
	);
	const empty = index.offsets.length === 0;
	refuse([
		...(empty ? ["the data holds no GRIB message"] : []),
		...named(broken),
	]);
	const catalogue = new Catalogue([index]);
	refuse(absentKeys(catalogue, request));
	const axes = axesOf(catalogue, request);
	const rows = new Rows(index, axes);
	const fitting = rows.all.filter((row) => rows.mismatch(row) === undefined);
	refuse([
		...named(rows.strange()),
		...named(rows.twice(fitting)),
		...missing(axes, rows, fitting),
	]);
}

function refuse(faults: readonly string[]): void {
	if (faults.length > 0) throw new RequestError(faults);
}

const absentKeys = (catalogue: Catalogue, request: GribRequest): string[] =>
	Object.keys(request)
		.filter((key) => !catalogue.has(key) && !Object.hasOwn(impliedValues, key))
		.map((key) => `no message of the data has the key '${key}'`);

function missing(
	axes: readonly Axis[],
	rows: Rows,
	fitting: readonly number[],
): readonly string[] {
	const wanted = new Wanted(axes);
	for (const row of fitting) wanted.note((axis) => rows.rank(axis, row));
	try {
		wanted.check(false);
		return [];
	} catch (reason) {
		if (reason instanceof RequestError) return reason.faults;
		throw reason;
	}
}

function named(faults: readonly string[]): string[] {
	const more = faults.length - MOST_NAMED;
	const shown = faults.slice(0, MOST_NAMED);
	return more > 0 ? [...shown, `and ${more} more such messages`] : shown;
}

/** The messages of one file, seen on the axes of a request. */
class Rows {
	readonly all: readonly number[];
	readonly #index: FileIndex;
	readonly #axes: readonly Axis[];
	readonly #ranks: ReadonlyMap<Axis, Int32Array | undefined>;

	constructor(index: FileIndex, axes: readonly Axis[]) {
		this.all = Array.from(index.offsets, (_, row) => row);
		this.#index = index;
		this.#axes = axes;
		this.#ranks = new Map(axes.map((axis) => [axis, ranksIn(axis, index)]));
	}

	/** The message's place on an axis; -1: it is not what the request says. */
	rank(axis: Axis, row: number): number {
		return this.#ranks.get(axis)?.[this.#code(axis, row)] ?? -1;
	}

	mismatch(row: number): Axis | undefined {
		return this.#axes.find(
			(axis) => axis.requested && this.rank(axis, row) < 0,
		);
	}

	/** Messages that the request does not name. */
	strange(): string[] {
		return this.all.flatMap((row) => {
			const axis = this.mismatch(row);
			if (axis === undefined) return [];
			const value = this.#value(axis, row);
			const what =
				value === undefined ? `no '${axis.key}'` : `${axis.key}=${value}`;
			return `${this.#at(row)} has ${what}, the request says ${shown(axis)}`;
		});
	}

	/** Messages that have all keys of an earlier one. */
	twice(rows: readonly number[]): string[] {
		const first = new Map<string, number>();
		return rows.flatMap((row) => {
			const keys = this.#axes.map((axis) => this.#code(axis, row)).join();
			const before = first.get(keys);
			if (before === undefined) {
				first.set(keys, row);
				return [];
			}
			return `${this.#at(row)} has the same keys as the ${this.#at(before)}`;
		});
	}

	#code(axis: Axis, row: number): number {
		return columnOf(axis, this.#index)?.codes[row] ?? 0;
	}

	#value(axis: Axis, row: number): string | undefined {
		const column = this.#index.columns.get(axis.key);
		return column && valueAt(column, row);
	}

	#at(row: number): string {
		return `message at byte ${this.#index.offsets[row] ?? 0}`;
	}
}

const shown = ({ key, texts }: Axis): string => {
	const some = texts.slice(0, MOST_NAMED).join("/");
	return `${key}=${some}${texts.length > MOST_NAMED ? "/…" : ""}`;
};
