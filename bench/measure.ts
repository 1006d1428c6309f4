/** What a figure is held to. */
export interface Goal {
	readonly at: "most" | "least";
	readonly bound: number;
	/** Whether the bound is held to the value itself or to its ratio to the baseline. */
	readonly of: "value" | "ratio";
}

/** One figure, as a benchmark gives it. */
export interface Measure {
	readonly name: string;
	readonly value: number;
	readonly unit: string;
	/** The same figure of what there is to compare with, in the same unit, measured in the same run. */
	readonly baseline?: number;
	readonly goals?: readonly Goal[];
}

/** One benchmark: its name on the command line, and how its figures come about. */
export interface Benchmark {
	readonly name: string;
	run(): Promise<readonly Measure[]>;
}

/** What is printed for programs: one line of JSON. Null: there is none. */
export interface Line {
	readonly name: string;
	readonly value: number;
	readonly unit: string;
	readonly baseline: number | null;
	readonly ratio: number | null;
	readonly goal: string | null;
	readonly met: boolean | null;
}

export function toLine({
	name,
	value,
	unit,
	baseline,
	goals = [],
}: Measure): Line {
	const ratio = baseline === undefined ? null : value / baseline;
	const met = goals.map(({ at, bound, of }) => {
		const held = of === "value" ? value : (ratio ?? Number.NaN);
		return at === "most" ? held <= bound : held >= bound;
	});
	return {
		name,
		value: rounded(value),
		unit,
		baseline: baseline === undefined ? null : rounded(baseline),
		ratio: ratio === null ? null : rounded(ratio),
		goal: goals.length === 0 ? null : goals.map(spelled).join(", "),
		met: goals.length === 0 ? null : met.every(Boolean),
	};
}

const spelled = ({ at, bound, of }: Goal): string =>
	`${at === "most" ? "≤" : "≥"} ${bound}${of === "ratio" ? " × baseline" : ""}`;

/** Four digits say all that a benchmark knows. */
const rounded = (value: number): number => Number(value.toPrecision(4));

/** The value below which a share of the values lies; `share` 0.5 is the median. NaN of nothing. */
export function quantile(values: readonly number[], share: number): number {
	const sorted = values.toSorted((a, b) => a - b);
	const at = Math.min(sorted.length - 1, Math.floor(sorted.length * share));
	return sorted[at] ?? Number.NaN;
}
