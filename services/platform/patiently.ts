import { faultOf } from "./faults.ts";
import type { Log } from "./log.ts";
import { pause } from "./wait.ts";

const FIRST_MS = 100;
const LONGEST_MS = 5_000;
const NETWORK =
	/^(ECONNREFUSED|ECONNRESET|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH)$/;

/**
 * Opens what may be away for the moment, again and again until it is there: processes start in any order. Anything else
 * that is wrong with it is thrown at once.
 *
 * @throws the last reason when the process is told to end meanwhile
 */
export async function patiently<T>(
	{ log, ending }: { readonly log: Log; readonly ending: AbortSignal },
	what: string,
	open: () => Promise<T>,
): Promise<T> {
	for (let wait = FIRST_MS; ; wait = Math.min(wait * 2, LONGEST_MS)) {
		try {
			return await open();
		} catch (reason) {
			if (ending.aborted || !isAway(reason)) throw reason;
			log.warn(
				{ event: "start.waits", what, err: reason },
				`${what} is away; waiting for it`,
			);
			await pause(wait, ending);
		}
	}
}

/** Whether an error, or what caused it, says that something cannot be reached. */
function isAway(reason: unknown): boolean {
	if (faultOf(reason)?.retry === true) return true;
	if (!(reason instanceof Error)) return false;
	const code = "code" in reason ? String(reason.code) : "";
	return NETWORK.test(code) || isAway(reason.cause);
}
