import type { Coverage, CoverageOutlines } from "../../cube/coverage.ts";
import type {
	ClassicVariable,
	Dimension,
} from "../../netcdf/classic/header.ts";
import { placesOf } from "../count.ts";
import { type Rows, rowsOf } from "../rows.ts";
import {
	type Column,
	columnOctets,
	columnsOf,
	columnVariable,
	placeColumnsOf,
	roleColumn,
	sharedKeys,
	writeColumn,
} from "./columns.ts";
import { roles } from "./frame.ts";
import { globals, type Layout, parameterVariables } from "./layout.ts";
import type { Survey } from "./survey.ts";

/**
 * Coverages of which one is longer than another: each place is a record, with all parameters (contiguous ragged arrays,
 * CF 1.11, 9.3.3: `row_size` says how many places each has). Points of areas on several grids are points and no more.
 */
export function table(survey: Survey, asked: CoverageOutlines): Layout {
	const { parameters, singles, outlines } = asked;
	const { coverages, places, first } = survey;
	const { type } = first.domain;
	const [role, featureType] =
		type === "MultiPoint" ? [undefined, "point"] : roles[type];
	const record: Dimension = { name: "obs", length: places };
	const instance: Dimension = { name: role ?? "obs", length: coverages };
	const columns = columnsOf(survey);
	const along = placeColumnsOf(survey).map(
		({ name, attributes }): ClassicVariable => ({
			name,
			type: "float64",
			dimensions: [record],
			attributes,
		}),
	);
	const own = role === undefined ? columns : [];
	const listed =
		role === undefined ? [] : [roleColumn(role), ...columns, rowSize];
	const fixed = listed.map((one) => columnVariable(one, instance));
	const around = [...own.map((one) => columnVariable(one, record)), ...along];
	const beside = [...fixed, ...around].filter(
		({ name }) => name !== "row_size",
	);
	const values = parameterVariables(asked, [record], beside);
	const write = rowWriter(
		survey,
		own,
		parameters.map((one) => singles.has(one)),
	);
	return {
		file: {
			attributes: globals(asked, featureType, sharedKeys(survey)),
			record,
			fixed,
			records: [...around, ...values],
		},
		async *fixed() {
			for (const one of listed) yield* written(one, outlines);
		},
		async *records(coverages) {
			let nth = 0;
			for await (const coverage of coverages) {
				for await (const rows of rowsOf(coverage, parameters))
					yield write(coverage, nth, rows);
				nth += 1;
			}
		},
	};
}

const rowSize: Column = {
	name: "row_size",
	type: "int32",
	attributes: {
		long_name: "number of observations",
		sample_dimension: "obs",
	},
	of: ({ domain }) => placesOf(domain),
};

/** Coverages whose column is written as one piece. */
const together = 4096;

/** The octets of a column: all coverages are looked at once more, rather than kept. */
async function* written(
	column: Column,
	outlines: CoverageOutlines["outlines"],
): AsyncGenerator<Uint8Array, void, undefined> {
	const octets = columnOctets(column);
	let bytes = Buffer.alloc(octets * together);
	let nth = 0;
	let at = 0;
	for await (const outline of outlines()) {
		writeColumn(column, column.of(outline, nth), bytes, at);
		nth += 1;
		at += octets;
		if (at < bytes.length) continue;
		yield bytes;
		bytes = Buffer.alloc(bytes.length);
		at = 0;
	}
	yield bytes.subarray(0, at);
}

type Write = (coverage: Coverage, nth: number, rows: Rows) => Buffer;

/**
 * What writes rows: what the coverage has one of, what each place has, and the parameters.
 * @param singles which of the parameters are of single precision
 */
function rowWriter(
	survey: Survey,
	own: readonly Column[],
	singles: readonly boolean[],
): Write {
	const along = placeColumnsOf(survey);
	const head = own.reduce((sum, one) => sum + columnOctets(one), 0);
	const octets = singles.map((single) => (single ? 4 : 8));
	const tail = octets.reduce((sum, one) => sum + one, 0);
	const width = head + 8 * along.length + tail;
	return (coverage, nth, rows) => {
		const count = rows.latitudes.length;
		const bytes = Buffer.alloc(count * width);
		let left = 0;
		for (const column of own) {
			const value = column.of(coverage, nth);
			for (let at = 0; at < count; at++)
				writeColumn(column, value, bytes, at * width + left);
			left += columnOctets(column);
		}
		for (const column of along) {
			for (let at = 0; at < count; at++)
				bytes.writeDoubleBE(column.of(rows, at), at * width + left);
			left += 8;
		}
		for (const [place, values] of rows.columns.entries()) {
			const single = octets[place] === 4;
			for (let at = 0; at < count; at++) {
				const value = values[at] ?? Number.NaN;
				if (single) bytes.writeFloatBE(value, at * width + left);
				else bytes.writeDoubleBE(value, at * width + left);
			}
			left += octets[place] ?? 8;
		}
		return bytes;
	};
}
