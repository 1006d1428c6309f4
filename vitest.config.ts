import { defineConfig } from "vitest/config";

export default defineConfig({
	test: {
		include: ["**/*.test.ts"],
		// `npm run test:peers`, `test:crash`, `test:stack`: what takes minutes, to fetch, to kill or to start.
		exclude: [
			"**/node_modules/**",
			"test/peers/**",
			"test/crash/**",
			"test/stack/**",
			"stack/stack.test.ts",
			"test/hostile/secrets.test.ts",
			"test/client/delivery.test.ts",
			"test/client/earthkit-data.test.ts",
			"test/client/features.test.ts",
			"test/flow/traces.test.ts",
		],
		provide: { worlds: ["embedded"] },
		testTimeout: 120_000,
		hookTimeout: 120_000,
		expect: { poll: { timeout: 30_000 } },
		// Two cores, and a third of the time a file waits for servers, leases and limits: one more than cores.
		maxWorkers: 3,
	},
});
