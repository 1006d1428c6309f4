import { defineConfig } from "vitest/config";
import { STARTS_OFTEN } from "./vitest.stack.config.ts";

export default defineConfig({
	test: {
		include: ["**/*.test.ts"],
		// `npm run test:peers`, `test:crash`, `test:stack`: what takes minutes, to fetch, to kill or to start.
		exclude: [
			"**/node_modules/**",
			"test/peers/**",
			"test/crash/**",
			"test/stack/**",
			"test/flow/traces.test.ts",
			...STARTS_OFTEN,
		],
		provide: { worlds: ["embedded"] },
		testTimeout: 120_000,
		hookTimeout: 120_000,
		expect: { poll: { timeout: 30_000 } },
		// Two cores, and a third of the time a file waits for servers, leases and limits: one more than cores.
		maxWorkers: 3,
	},
});
