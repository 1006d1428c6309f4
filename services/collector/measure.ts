import { INSTRUMENTS } from "../platform/telemetry/instruments.ts";

/** Measures one pass of the collector: how long it took, whether it came to its end, and how much it did. */
export async function measuredTask(
	task: string,
	step: () => Promise<number>,
): Promise<number> {
	const begun = performance.now();
	let outcome = "failed";
	try {
		const done = await step();
		outcome = "done";
		INSTRUMENTS.collected.add(done, { "polytope.task": task });
		return done;
	} finally {
		INSTRUMENTS.collecting.record((performance.now() - begun) / 1000, {
			"polytope.task": task,
			"polytope.outcome": outcome,
		});
	}
}
