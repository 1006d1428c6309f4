import { ConnectError } from "@connectrpc/connect";
import { S3Error } from "minio";
import { fault } from "../../platform/faults.ts";

/** S3's word for an error, such as `NoSuchKey`; the system's (`ECONNREFUSED`) when there was no answer. */
export function codeOf(reason: unknown): string {
	if (typeof reason !== "object" || reason === null) return "";
	return "code" in reason && typeof reason.code === "string" ? reason.code : "";
}

const GONE = new Set(["NoSuchKey", "NotFound", "NoSuchUpload"]);

/** Whether an error says that the object or upload does not exist. */
const isGone = (reason: unknown): boolean => GONE.has(codeOf(reason));

/** The value, or undefined when the object or upload does not exist. */
export async function orGone<T>(work: Promise<T>): Promise<T | undefined> {
	try {
		return await work;
	} catch (reason) {
		if (isGone(reason)) return undefined;
		throw reason;
	}
}

const FULL =
	/QuotaExceeded|StorageFull|InsufficientCapacity|EntityTooLarge|NoSpace/;
const NETWORK = /^(E[A-Z]+|ERR_[A-Z_]+|UND_ERR\w*|HPE_\w+)$/;

/** The fault for what the client threw: FULL or UNAVAILABLE, with what the operator needs; a bug of ours as it is. */
export function s3Fault(reason: unknown): unknown {
	if (!(reason instanceof Error) || reason instanceof ConnectError)
		return reason;
	const code = codeOf(reason);
	if (FULL.test(code))
		return fault(
			"FULL",
			`the object store has no space left (${code})`,
			reason,
		);
	const fromServer =
		reason instanceof S3Error || /^Request failed after/.test(reason.message);
	if (!fromServer && !NETWORK.test(code)) return reason;
	const why = [code, reason.message].filter(Boolean).join(": ");
	return fault(
		"UNAVAILABLE",
		`the object store does not serve us (${why})`,
		reason,
	);
}
