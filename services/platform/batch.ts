import { context, type SpanContext } from "@opentelemetry/api";
import { sharedContext, wantedSpan } from "./telemetry/context.ts";
import { roleIn, within } from "./telemetry/spans.ts";

export interface Batching {
	/** Items that one batch takes at most. */
	readonly most: number;
	/**
	 * Whether the reason for which a batch failed may lie in one of its items: they are then run one by one, so that a
	 * bad one fails alone. Without it all items of a batch share its failure.
	 */
	readonly apart?: (reason: unknown) => boolean;
}

/**
 * Gathers single calls into batches: what comes in the same turn of the event loop goes together, and while one batch is
 * under way the next gathers. So under load a call costs a fraction of a round trip, and when idle none waits. `run`
 * answers in the order of its items.
 */
export function batched<I, O>(
	run: (items: readonly I[]) => Promise<readonly O[]>,
	{ most, apart = () => false }: Batching,
): (item: I) => Promise<O> {
	interface Waiting {
		readonly item: I;
		readonly resolve: (answer: O) => void;
		readonly reject: (reason: unknown) => void;
		/** Of whom it is done for, where that is traced. */
		readonly span: SpanContext | undefined;
	}
	const gathered: Waiting[] = [];
	let busy = false;
	/** Who asks: all items come from one. */
	let role = "";

	const together = async (batch: readonly Waiting[]): Promise<void> => {
		try {
			const shared = sharedContext(batch.map(({ span }) => span));
			const answers = await context.with(within(shared, undefined, role), () =>
				run(batch.map(({ item }) => item)),
			);
			for (const [index, { resolve, reject }] of batch.entries()) {
				const answer = answers[index];
				if (answer === undefined)
					reject(new Error("a batch answered fewer items than it was asked"));
				else resolve(answer);
			}
		} catch (reason) {
			if (batch.length > 1 && apart(reason))
				for (const one of batch) await together([one]);
			else for (const { reject } of batch) reject(reason);
		}
	};
	const drain = async (): Promise<void> => {
		while (gathered.length > 0) await together(gathered.splice(0, most));
		busy = false;
	};

	return (item) =>
		new Promise((resolve, reject) => {
			gathered.push({ item, resolve, reject, span: wantedSpan() });
			role = roleIn(context.active());
			if (busy) return;
			busy = true;
			setImmediate(drain);
		});
}
