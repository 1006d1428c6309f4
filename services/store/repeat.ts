import { ConnectError } from "@connectrpc/connect";
import { outageOf } from "../platform/postgres/outage.ts";
import { pause } from "../platform/wait.ts";

/** How often a call is made in all. */
const TIMES = 8;
/** Milliseconds in which it may be made again; connections that are waited for count. */
const WITHIN_MS = 5_000;
/** Milliseconds of pause before the second time; twice as many before each later one. */
const FIRST_MS = 10;
const NEVER = new AbortController().signal;

/**
 * Makes a call again that met a broken connection or a conflict with others. Only for what may be repeated although it
 * may have been done already: `time` says how often it was tried before, so that such a call can look for its own work.
 */
export async function repeated<T>(
	call: (time: number) => Promise<T>,
): Promise<T> {
	const begun = performance.now();
	for (let time = 0; ; time += 1) {
		try {
			return await call(time);
		} catch (reason) {
			const late = performance.now() - begun > WITHIN_MS;
			if (late || time + 1 >= TIMES || !passes(reason)) throw reason;
			await pause(FIRST_MS * 2 ** time * (0.5 + Math.random()), NEVER);
		}
	}
}

const passes = (reason: unknown): boolean =>
	reason instanceof ConnectError && outageOf(reason.cause)?.passes === true;
