import { defineConfig } from "vitest/config";

/** What other people's programs say of what we wrote for them. Fetching and building those takes minutes, the first time. */
export default defineConfig({
	test: {
		include: ["test/peers/**/*.test.ts"],
		// Their tests say themselves where they run.
		provide: { worlds: [] },
		testTimeout: 120_000,
		hookTimeout: 1_800_000,
		maxWorkers: 2,
	},
});
