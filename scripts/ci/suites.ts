import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { OUTCOME, type Outcome } from "./outcome.ts";
import { unlucky, type Verdict, verdictOf } from "./verdict.ts";

/**
 * `node scripts/ci/suites.ts [--broken WHAT]... CONFIG...`: runs suites of vitest, one a configuration, all of them
 * whatever becomes of the first. Files that fail are run once more, alone: only what fails twice is a failure. Says
 * at the end what failed and what was flaky, then "N passed, N failed".
 *
 * `--broken`: what the caller saw fail before (types, lint, contracts); has no second chance.
 */
const reporter = join(import.meta.dirname, "reporter.ts");
const [broken, configs] = read(process.argv.slice(2));
const folder = mkdtempSync(join(tmpdir(), "polytope-ci-"));
try {
	conclude([
		...broken.map((what) => failure(what)),
		...configs.flatMap((config) => suite(config)),
	]);
} finally {
	rmSync(folder, { recursive: true });
}

function read(args: string[]): [broken: string[], configs: string[]] {
	const at = (index: number) => args[index - 1] === "--broken";
	return [
		args.filter((_, index) => at(index)),
		args.filter((arg, index) => arg !== "--broken" && !at(index)),
	];
}

function suite(config: string): Verdict[] {
	const root = process.cwd();
	const first = run(config, []);
	if (typeof first === "string") return [failure(first)];
	const files = unlucky(first);
	if (files.length === 0) return [verdictOf(root, first, undefined)];
	console.log(`\nOnce more, alone:\n${files.join("\n")}`);
	const again = run(config, ["--no-file-parallelism", ...files]);
	return typeof again === "string"
		? [verdictOf(root, first, undefined), failure(again)]
		: [verdictOf(root, first, again)];
}

/** @returns the reason, where vitest did not come so far as to tell */
function run(config: string, args: readonly string[]): Outcome | string {
	const file = join(folder, "outcome.json");
	rmSync(file, { force: true });
	const reporters = ["--reporter=default", `--reporter=${reporter}`];
	const { status, signal } = spawnSync(
		"vitest",
		["run", "--config", config, ...reporters, ...args],
		{ stdio: "inherit", env: { ...process.env, POLYTOPE_CI_OUTCOME: file } },
	);
	const ended = `vitest run --config ${config} ended with ${status ?? signal}`;
	if (!existsSync(file)) return ended;
	const outcome = OUTCOME.parse(JSON.parse(readFileSync(file, "utf8")));
	const bad = outcome.files.some(({ failures }) => failures.length > 0);
	// For example a threshold, or a failure that the reporter did not understand.
	if (status !== 0 && !bad && outcome.errors.length === 0)
		return `${ended}, though no test failed`;
	return outcome;
}

function failure(what: string): Verdict {
	return { passed: 0, failed: 1, notes: [`failed: ${what}`] };
}

function conclude(verdicts: readonly Verdict[]): void {
	const passed = verdicts.reduce((sum, verdict) => sum + verdict.passed, 0);
	const failed = verdicts.reduce((sum, verdict) => sum + verdict.failed, 0);
	const notes = verdicts.flatMap((verdict) => verdict.notes);
	const none = passed === 0 && failed === 0;
	console.log(
		["", ...notes, ...(none ? ["failed: no test ran"] : [])].join("\n"),
	);
	console.log(`${passed} passed, ${none ? 1 : failed} failed`);
	process.exitCode = failed === 0 && !none ? 0 : 1;
}
