/** Resolves after some milliseconds, or at once when the signal ends. Never rejects. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
	return new Promise((resolve) => {
		const done = (): void => {
			clearTimeout(timer);
			signal.removeEventListener("abort", done);
			resolve();
		};
		const timer = setTimeout(done, ms);
		signal.addEventListener("abort", done);
		if (signal.aborted) done();
	});
}

/** A bell that remembers one ring: whoever waits next is woken at once. */
export interface Bell {
	ring(): void;
	/** Resolves when rung, when `ms` have passed, or when the signal ends. */
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
			if (!rung) {
				const woken = new AbortController();
				wake = () => woken.abort();
				await pause(ms, AbortSignal.any([signal, woken.signal]));
				wake = undefined;
			}
			rung = false;
		},
	};
}
