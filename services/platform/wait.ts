/** Resolves after some milliseconds, or at once when the signal ends. Never rejects. */
export const pause = (ms: number, signal: AbortSignal): Promise<void> =>
	new Promise((resolve) => void wakeAfter(ms, signal, resolve));

/** Calls once: after some milliseconds, when the signal ends, or when what it answers is called. */
function wakeAfter(
	ms: number,
	signal: AbortSignal,
	then: () => void,
): () => void {
	const wake = (): void => {
		clearTimeout(timer);
		signal.removeEventListener("abort", wake);
		then();
	};
	const timer = setTimeout(wake, ms);
	signal.addEventListener("abort", wake);
	if (signal.aborted) wake();
	return wake;
}

/** A bell that remembers one ring: whoever waits next is woken at once. */
export interface Bell {
	ring(): void;
	/** Resolves when rung, when `ms` have passed, or when the signal ends. One waits at a time. */
	wait(ms: number, signal: AbortSignal): Promise<void>;
}

export function openBell(): Bell {
	let rung = false;
	let wake: (() => void) | undefined;
	return {
		ring() {
			rung = true;
			wake?.();
		},
		async wait(ms, signal) {
			if (!rung)
				await new Promise<void>((resolve) => {
					wake = wakeAfter(ms, signal, resolve);
				});
			wake = undefined;
			rung = false;
		},
	};
}
