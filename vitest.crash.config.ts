import { defineConfig } from "vitest/config";

/** What kills and restarts real processes, over and over. */
export default defineConfig({
	test: {
		include: ["test/crash/**/*.test.ts", "test/stack/**/*.test.ts"],
		// Their tests say themselves where they run.
		provide: { worlds: [] },
		testTimeout: 120_000,
		hookTimeout: 120_000,
		expect: { poll: { timeout: 30_000 } },
		maxWorkers: 2,
	},
});
