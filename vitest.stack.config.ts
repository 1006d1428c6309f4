import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { defineConfig } from "vitest/config";

const ROOT = import.meta.dirname;
/** The files whose tests run wherever their suite says. */
const inWorlds = globSync("test/**/*.test.ts", { cwd: ROOT }).filter((file) =>
	readFileSync(join(ROOT, file), "utf8").includes("describe.each(WORLDS"),
);

/** What starts the product, or other programs, many times: not in `npm test`. */
export const STARTS_OFTEN: readonly string[] = [
	"stack/stack.test.ts",
	"scripts/ci/suites.test.ts",
	"test/client/command-line.test.ts",
	"test/client/delivery.test.ts",
	"test/client/earthkit-data.test.ts",
	"test/client/features.test.ts",
	"test/flow/output.test.ts",
	"test/hostile/secrets.test.ts",
];

/**
 * The flows of `npm test` once more, with every service behind a port of its own, and with every role as a process, on
 * servers made by others; and what starts them often.
 */
export default defineConfig({
	test: {
		include: [...STARTS_OFTEN, ...inWorlds],
		provide: { worlds: ["split", "on the stack"] },
		testTimeout: 120_000,
		hookTimeout: 120_000,
		expect: { poll: { timeout: 30_000 } },
		maxWorkers: 2,
	},
});
