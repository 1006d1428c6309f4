import { faultOf } from "./faults.ts";

const NETWORK =
	/^(ECONNREFUSED|ECONNRESET|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|EPIPE|ABORT_ERR)$/;

/** Whether an error, or what caused it, is a refusal or says that something is away: nothing that a programmer mends. */
export function isExpected(reason: unknown): boolean {
	if (faultOf(reason) !== undefined) return true;
	if (!(reason instanceof Error)) return false;
	const code = "code" in reason ? String(reason.code) : "";
	return NETWORK.test(code) || isExpected(reason.cause);
}
