import { expect, test } from "vitest";
import { INSTALL_TIMEOUT } from "../kit/tools.ts";
import { checkHistory, type Row } from "./database.ts";
import { faultsOf } from "./faults.ts";
import { openJournal } from "./journal.ts";
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

test("a history that the life cycle does not allow is noticed", () => {
	const journal = openJournal(() => {});
	const row = (...steps: string[]): Row => ({
		id: "r",
		username: "u0",
		collection: "echo",
		verb: "retrieve",
		status: "processed",
		posted: "",
		hidden: false,
		attempt: 1,
		user_message: "",
		staging_key: null,
		input_key: null,
		media_type: null,
		sha256: null,
		idempotency_key: null,
		history: steps.map((s) => ({ s, a: 1 })),
	});
	checkHistory(
		row("waiting", "queued", "processing", "waiting", "queued", "cancelled"),
		journal,
	);
	expect(journal.violations).toEqual([]);
	checkHistory(row("waiting", "queued", "processed"), journal);
	expect(journal.violations).toEqual([
		"r: processed may not follow: waiting queued processed",
	]);
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
