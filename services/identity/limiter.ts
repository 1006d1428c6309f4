import { fault } from "../platform/faults.ts";

/** Runs work, so many at a time; more wait, in order; beyond `waiting` they are refused with UNAVAILABLE. */
export function limiter(atOnce: number, waiting: number) {
	let running = 0;
	const queue: (() => void)[] = [];
	return async function limited<T>(work: () => Promise<T>): Promise<T> {
		if (running < atOnce) running++;
		else {
			if (queue.length >= waiting)
				throw fault("UNAVAILABLE", "Too many sign-ins at once, try again soon");
			// Whoever ends hands the place over, so `running` stays as it is.
			await new Promise<void>((resolve) => queue.push(resolve));
		}
		try {
			return await work();
		} finally {
			const next = queue.shift();
			if (next) next();
			else running--;
		}
	};
}
