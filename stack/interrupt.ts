/** Milliseconds in which a second signal is the first one again: npm passes on what a terminal has sent to all. */
const SAME_MS = 1_000;

/** Ends with the first SIGINT, SIGTERM or SIGHUP; a second one ends this process, and what it started with it. */
export function interruption(): AbortSignal {
	const stop = new AbortController();
	let first = Number.POSITIVE_INFINITY;
	const heard = (): void => {
		if (performance.now() > first + SAME_MS) process.exit(INTERRUPTED);
		if (stop.signal.aborted) return;
		first = performance.now();
		stop.abort(new Error("interrupted"));
	};
	for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
		process.on(signal, heard);
	return stop.signal;
}

/** Exit code of what was ended by a signal. */
export const INTERRUPTED = 130;

/** Rejects with the signal's reason when that ends, whether or not anybody waits for it. */
export function cutOffBy(signal: AbortSignal): Promise<never> {
	const { promise, reject } = Promise.withResolvers<never>();
	promise.catch(() => undefined);
	const end = (): void => reject(signal.reason);
	signal.addEventListener("abort", end, { once: true });
	if (signal.aborted) end();
	return promise;
}
