import { defineConfig } from "vitest/config";

/** What kills and restarts real processes, over and over. */
export default defineConfig({
	test: {
		include: ["test/crash/**/*.test.ts", "test/stack/**/*.test.ts"],
		testTimeout: 120_000,
		hookTimeout: 120_000,
		maxWorkers: 2,
		// As in vitest.config.ts: what fails once on a crowded machine is looked at once more.
		retry: 1,
	},
});
