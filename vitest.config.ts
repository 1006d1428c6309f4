import { defineConfig } from "vitest/config";

export default defineConfig({
	test: {
		include: ["**/*.test.ts"],
		// `npm run test:peers` and `npm run test:crash`: what takes minutes, to fetch or to kill.
		exclude: [
			"**/node_modules/**",
			"test/peers/**",
			"test/crash/**",
			"test/stack/**",
		],
		testTimeout: 60_000,
		hookTimeout: 60_000,
		// Two cores, and several files start servers of their own: more forks only make each slower.
		maxWorkers: 2,
		// Some start a dozen processes on two cores and look at their deadlines: what fails once is looked at once more.
		retry: 1,
	},
});
