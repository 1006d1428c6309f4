import { setTimeout as pause } from "node:timers/promises";

const LOOK_AGAIN_MS = 5;

/**
 * Looks again and again until the probe gives something, and gives that.
 *
 * @param what is waited for, for the error
 * @param probe undefined or false: not yet
 * @throws Error when it has not come within `ms`
 */
export async function until<T>(
	what: string,
	probe: () => T | Promise<T>,
	ms = 30_000,
): Promise<Exclude<T, undefined | false>> {
	const deadline = performance.now() + ms;
	for (;;) {
		const seen = await probe();
		if (isThere(seen)) return seen;
		if (performance.now() > deadline)
			throw new Error(`${what}: not within ${ms} ms`);
		await pause(LOOK_AGAIN_MS);
	}
}

const isThere = <T>(seen: T): seen is Exclude<T, undefined | false> =>
	seen !== undefined && seen !== false;
