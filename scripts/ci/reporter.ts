import { writeFileSync } from "node:fs";
import type { SerializedError } from "vitest";
import type { Reporter, TestModule } from "vitest/node";
import type { FileOutcome, Outcome } from "./outcome.ts";

/** The variable that names the file for the {@link Outcome}. */
const OUTCOME_FILE = "POLYTOPE_CI_OUTCOME";
const LINES_OF_MESSAGE = 8;

/** A reporter of vitest (`--reporter=FILE`) that writes an {@link Outcome} as JSON. */
export default class OutcomeReporter implements Reporter {
	onTestRunEnd(
		modules: readonly TestModule[],
		errors: readonly SerializedError[],
	): void {
		const outcome: Outcome = {
			files: modules.map(outcomeOf),
			errors: errors.map(told),
		};
		const file = process.env[OUTCOME_FILE];
		if (file === undefined) throw new Error(`${OUTCOME_FILE} is not set`);
		writeFileSync(file, JSON.stringify(outcome));
	}
}

function outcomeOf(module: TestModule): FileOutcome {
	const tests = [...module.children.allTests()];
	const failed = tests.filter((test) => test.result().state === "failed");
	const failures = [
		...[module, ...module.children.allSuites()].flatMap((suite) =>
			suite.errors().map((error) => ({
				name: suite === module ? "" : nameOf(suite),
				error: told(error),
			})),
		),
		...failed.map((test) => ({
			name: test.fullName,
			error: told(test.result().errors?.[0]),
		})),
	];
	// A worker that died leaves tests, or the whole file, without any result.
	if (failures.length === 0 && !["passed", "skipped"].includes(module.state()))
		failures.push({ name: "", error: `did not end: ${module.state()}` });
	return {
		path: module.moduleId,
		passed: tests.filter((test) => test.result().state === "passed").length,
		failures,
	};
}

const nameOf = (suite: object): string =>
	"fullName" in suite ? String(suite.fullName) : "";

function told(error: SerializedError | undefined): string {
	if (error === undefined) return "failed without an error";
	const where = error.stacks?.[0];
	return [
		...messageOf(error).split("\n").slice(0, LINES_OF_MESSAGE),
		...(error.cause ? [messageOf(error.cause)] : []),
		...(where ? [`at ${where.file}:${where.line}:${where.column}`] : []),
	].join("\n");
}

const messageOf = ({ name, message }: SerializedError): string =>
	`${name ?? "Error"}: ${message ?? ""}`;
