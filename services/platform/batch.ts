/**
 * Gathers single calls into batches: while one batch is under way the next gathers, so that under load a call costs a
 * fraction of a round trip and when idle none waits. `run` answers in the order of its items.
 */
export function batched<I, O>(
	run: (items: readonly I[]) => Promise<readonly O[]>,
	most: number,
): (item: I) => Promise<O> {
	interface Waiting {
		readonly item: I;
		readonly resolve: (answer: O) => void;
		readonly reject: (reason: unknown) => void;
	}
	const gathered: Waiting[] = [];
	let busy = false;

	const drain = async (): Promise<void> => {
		busy = true;
		while (gathered.length > 0) {
			const batch = gathered.splice(0, most);
			try {
				const answers = await run(batch.map(({ item }) => item));
				for (const [index, { resolve, reject }] of batch.entries()) {
					const answer = answers[index];
					if (answer === undefined)
						reject(new Error("a batch answered fewer items than it was asked"));
					else resolve(answer);
				}
			} catch (reason) {
				for (const { reject } of batch) reject(reason);
			}
		}
		busy = false;
	};

	return (item) =>
		new Promise((resolve, reject) => {
			gathered.push({ item, resolve, reject });
			if (!busy) void drain();
		});
}
