import { fault } from "./faults.ts";

/** The value, or undefined when the file or folder does not exist. */
export async function orGone<T>(work: Promise<T>): Promise<T | undefined> {
	try {
		return await work;
	} catch (reason) {
		if (errorCode(reason) === "ENOENT") return undefined;
		throw reason;
	}
}

const FULL = new Set(["ENOSPC", "EDQUOT", "EFBIG"]);
const AWAY = new Set(
	"EACCES EAGAIN EBUSY EIO EMFILE ENFILE ENODEV ENOTCONN ENXIO EROFS ESTALE ETIMEDOUT".split(
		" ",
	),
);

/** The fault for what a file system threw: FULL or UNAVAILABLE; anything else as it is. */
export function diskFault(reason: unknown): unknown {
	const code = errorCode(reason) ?? "";
	if (FULL.has(code))
		return fault("FULL", `the disk is full (${code})`, reason);
	if (AWAY.has(code))
		return fault("UNAVAILABLE", `the disk is away (${code})`, reason);
	return reason;
}

function errorCode(reason: unknown): string | undefined {
	return reason instanceof Error &&
		"code" in reason &&
		typeof reason.code === "string"
		? reason.code
		: undefined;
}
