import { expect, test } from "vitest";
import { INSTALL_TIMEOUT } from "../kit/tools.ts";
import { faultsOf } from "./faults.ts";
import { openRandom } from "./random.ts";
import { runChaos } from "./run.ts";
import { tasksOf } from "./tasks.ts";

test("the same seed makes the same run, another seed another one", () => {
	const run = (seed: number) => ({
		tasks: tasksOf(seed, 100, 0.1),
		faults: faultsOf(openRandom(seed), 100),
	});
	expect(run(7)).toEqual(run(7));
	expect(run(8).faults).not.toEqual(run(7).faults);
});

test(
	"a stack whose processes and servers are killed, stopped and paused loses nothing",
	async () => {
		const { violations, ...summary } = await runChaos({
			requests: 60,
			kills: 10,
			seed: 4,
			clients: 16,
			replicas: { staging: 1, collector: 1, worker: 2 },
		});
		expect(violations, JSON.stringify(summary)).toEqual([]);
		expect(summary.seen.processed).toBeGreaterThan(40);
	},
	INSTALL_TIMEOUT,
);
