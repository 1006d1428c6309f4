import type { DescMethod } from "@bufbuild/protobuf";
import { MethodOptions_IdempotencyLevel as Idempotency } from "@bufbuild/protobuf/wkt";
import { Code, ConnectError } from "@connectrpc/connect";
import { fault } from "../faults.ts";

/** What a failed call means for whoever would make it again. */
export interface Failure {
	/** The error that the caller gets; a lost connection is the fault UNAVAILABLE. */
	readonly reason: unknown;
	/** Whether another try may help and do no harm. */
	readonly again: boolean;
	/** Whether the address should be spared for a while. */
	readonly spare: boolean;
}

/** The connection was not made, or the peer refused the stream unread. */
const UNSENT =
	/REFUSED_STREAM|ECONNREFUSED|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN/;
const LOST: readonly Code[] = [Code.Unavailable, Code.Aborted, Code.Canceled];

/**
 * Judges an error of a call that its caller did not abort. What came over the wire is the peer's own word. Anything else
 * is the connection's: then nobody knows whether the peer acted, and only calls that the contract calls idempotent
 * (`idempotency_level`) may be made again; all may, where nothing can have reached it.
 */
export function judge(method: DescMethod, reason: unknown): Failure {
	if (!(reason instanceof ConnectError))
		return { reason, again: false, spare: false };
	const idempotent = method.idempotency !== Idempotency.IDEMPOTENCY_UNKNOWN;
	if (reason.code === Code.DeadlineExceeded)
		return { reason, again: false, spare: false };
	if (reason.metadata.has("grpc-status")) {
		const away = reason.code === Code.Unavailable;
		return { reason, again: away && idempotent, spare: away };
	}
	if (!isOfConnection(reason)) return { reason, again: false, spare: false };
	return {
		reason: unavailable(method, "was lost during a call", reason),
		again: idempotent || UNSENT.test(reason.rawMessage),
		spare: true,
	};
}

export const unavailable = (
	method: DescMethod,
	what: string,
	cause: unknown,
): ConnectError => fault("UNAVAILABLE", `${method.parent.name} ${what}`, cause);

function isOfConnection({ code, rawMessage, cause }: ConnectError): boolean {
	const ofNode = cause instanceof Error && "code" in cause;
	return (
		LOST.includes(code) ||
		/^(http\/2 stream closed|protocol error: missing)/.test(rawMessage) ||
		(ofNode && /^(ERR_HTTP2_|E[A-Z]+$)/.test(String(cause.code)))
	);
}
