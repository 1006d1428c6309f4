import { INSTRUMENTS } from "../platform/telemetry/instruments.ts";
import type { WorkerContext } from "./context.ts";
import type { RunningAttempt } from "./running.ts";
import type { Outcome } from "./settling.ts";

/** Shows how many slots this worker has, and how many of them work, until disposed. */
export function watchSlots({
	slots,
	running,
}: Pick<WorkerContext, "slots" | "running">): Disposable {
	const stack = new DisposableStack();
	stack.use(INSTRUMENTS.slots.watch(() => [[slots, {}]]));
	stack.use(INSTRUMENTS.slotsBusy.watch(() => [[running.all().length, {}]]));
	return stack;
}

/** Measures an attempt: how long it took, how it ended, and what was read for it. */
export async function measured(
	attempt: RunningAttempt,
	serve: () => Promise<Outcome | undefined>,
): Promise<Outcome | undefined> {
	const begun = performance.now();
	let how = "bug";
	try {
		const outcome = await serve();
		// Somebody else has ended the request, or has taken it from this worker.
		how = outcome?.kind ?? "stopped";
		return outcome;
	} finally {
		const { collection, datasource } = attempt.request;
		const labels = {
			"polytope.collection": collection,
			"polytope.datasource": datasource,
		};
		INSTRUMENTS.attempts.record((performance.now() - begun) / 1000, {
			...labels,
			"polytope.outcome": how,
		});
		INSTRUMENTS.bytesRead.add(attempt.bytes, labels);
		INSTRUMENTS.fieldsRead.add(attempt.fields, labels);
	}
}
