import { relative } from "node:path";
import type { FileOutcome, Outcome } from "./outcome.ts";

/** What is to be said of a suite whose failing files were run once more, alone. */
export interface Verdict {
	readonly passed: number;
	readonly failed: number;
	/** One entry a failure or a flaky test, several lines each. */
	readonly notes: readonly string[];
}

/** More failing files than this are no bad luck: none of them gets a second chance. */
export const MOST_FLAKY_FILES = 5;

/** The files that deserve to be run once more. */
export const unlucky = ({ files }: Outcome): readonly string[] => {
	const failing = files.filter((file) => file.failures.length > 0);
	return failing.length > MOST_FLAKY_FILES
		? []
		: failing.map(({ path }) => path);
};

/** @param again the failing files once more; undefined where they were not run */
export function verdictOf(
	root: string,
	first: Outcome,
	again: Outcome | undefined,
): Verdict {
	const files = first.files.map((file) => judge(root, file, again));
	const errors = [...first.errors, ...(again?.errors ?? [])];
	const all = [
		...files,
		{ passed: 0, failed: errors.length, notes: errors.map(outside) },
	];
	return {
		passed: sum(all.map(({ passed }) => passed)),
		failed: sum(all.map(({ failed }) => failed)),
		notes: all.flatMap(({ notes }) => notes),
	};
}

function judge(
	root: string,
	first: FileOutcome,
	again: Outcome | undefined,
): Verdict {
	const second = again?.files.find(({ path }) => path === first.path);
	const last = second ?? first;
	const failing = new Set(last.failures.map(({ name }) => name));
	const note = (how: string, { name, error }: Failure, more = ""): string =>
		`${how}: ${[relative(root, first.path), name].filter(Boolean).join(" > ")}${more}\n${indented(error)}`;
	return {
		passed: last.passed,
		failed: failing.size,
		notes: [
			...last.failures.map((failure) =>
				note("failed", failure, second ? " (also alone)" : ""),
			),
			...first.failures
				.filter(({ name }) => !failing.has(name))
				.map((failure) =>
					note("flaky", failure, " (failed once, passed alone)"),
				),
		],
	};
}

type Failure = FileOutcome["failures"][number];

const outside = (error: string): string =>
	`failed: outside of all tests\n${indented(error)}`;

const indented = (text: string): string => text.replace(/^/gm, "    ");

const sum = (numbers: readonly number[]): number =>
	numbers.reduce((total, one) => total + one, 0);
