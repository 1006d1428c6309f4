import type { Layout } from "../grib/values/layout.ts";
import { type Codes, codesFor } from "./codes.ts";
import { type Layouts, LayoutsBuilder } from "./layouts.ts";

/**
 * The values of one key over the messages of a file. Most keys have few values, so a message costs one
 * or two bytes a key, and a million messages some tens of megabytes.
 */
export interface Column {
	/** Each value once, in the order met. */
	readonly values: readonly string[];
	/** One a message: 0 where it lacks the key, else 1 + the place in `values`. */
	readonly codes: Codes;
}

/** Something in a file that is no message, or a message that cannot be read. */
export interface FileFault {
	/** Bytes from the beginning of the file; absent where the whole file is concerned. */
	readonly offset?: number;
	readonly reason: string;
}

/** What is known of the messages of one file, as columns. */
export interface FileIndex {
	/** Bytes from the beginning of the file, ascending. */
	readonly offsets: Float64Array;
	/** Bytes. */
	readonly lengths: Float64Array;
	readonly columns: ReadonlyMap<string, Column>;
	/** How the values of each message are packed. */
	readonly layouts: Layouts;
	readonly faults: readonly FileFault[];
}

/**
 * The column that parameters are chosen by: `<id>:<short name>:<param>`, as the message's own `param` is `167`
 * in one edition and `167.128` in the other. No MARS key has a `#`.
 */
export const paramColumn = "#param";

/** The value of a message in a column, undefined where it has none. */
export function valueAt(column: Column, row: number): string | undefined {
	return column.values[(column.codes[row] ?? 0) - 1];
}

/** Collects messages into columns. */
export class IndexBuilder {
	readonly #offsets: number[] = [];
	readonly #lengths: number[] = [];
	readonly #columns = new Map<string, GrowingColumn>();
	readonly #layouts = new LayoutsBuilder();
	readonly #faults: FileFault[] = [];

	/** @param packed undefined where the message's values cannot be read */
	add(
		{ offset, length }: { readonly offset: number; readonly length: number },
		keys: Readonly<Record<string, string>>,
		packed: { layout: Layout; grid: Uint8Array } | undefined,
	): void {
		const row = this.#offsets.length;
		this.#offsets.push(offset);
		this.#lengths.push(length);
		this.#layouts.add(packed);
		for (const [key, value] of Object.entries(keys)) {
			let column = this.#columns.get(key);
			if (!column) {
				column = new GrowingColumn();
				this.#columns.set(key, column);
			}
			column.set(row, value);
		}
	}

	fault(fault: FileFault): void {
		this.#faults.push(fault);
	}

	done(): FileIndex {
		const rows = this.#offsets.length;
		const columns = [...this.#columns].map(
			([key, column]) => [key, column.done(rows)] as const,
		);
		return {
			offsets: Float64Array.from(this.#offsets),
			lengths: Float64Array.from(this.#lengths),
			columns: new Map(columns),
			layouts: this.#layouts.done(),
			faults: this.#faults,
		};
	}
}

class GrowingColumn {
	readonly #places = new Map<string, number>();
	#codes = new Uint32Array(64);

	set(row: number, value: string): void {
		let code = this.#places.get(value);
		if (code === undefined) {
			code = this.#places.size + 1;
			this.#places.set(value, code);
		}
		if (row >= this.#codes.length) {
			const larger = new Uint32Array(2 ** Math.ceil(Math.log2(row + 1)));
			larger.set(this.#codes);
			this.#codes = larger;
		}
		this.#codes[row] = code;
	}

	done(rows: number): Column {
		const codes = codesFor(this.#places.size, rows);
		codes.set(this.#codes.subarray(0, Math.min(rows, this.#codes.length)));
		return { values: [...this.#places.keys()], codes };
	}
}
