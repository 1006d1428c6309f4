import { faultOf } from "../platform/faults.ts";
import { pause } from "../platform/wait.ts";

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5_000;

/** How long a peer may be away before an attempt is given back, and what ends the attempt. */
export interface Patience {
	readonly patienceMs: number;
	readonly signal: AbortSignal;
}

/**
 * Calls something that may be called again, until it is not away any more or patience is over.
 * @throws what the last call threw, or the signal's reason
 */
export async function callPatiently<T>(
	{ patienceMs, signal }: Patience,
	call: () => Promise<T>,
): Promise<T> {
	const end = performance.now() + patienceMs;
	for (
		let wait = FIRST_PAUSE_MS;
		;
		wait = Math.min(wait * 2, LONGEST_PAUSE_MS)
	) {
		try {
			return await call();
		} catch (reason) {
			signal.throwIfAborted();
			const left = end - performance.now();
			if (faultOf(reason)?.retry !== true || left <= 0) throw reason;
			await pause(Math.min(wait * (0.5 + Math.random()), left), signal);
			signal.throwIfAborted();
		}
	}
}
