import { randomFillSync } from "node:crypto";

/** Bytes that are drawn at once: a draw costs more than the bytes. */
const DRAWN = 4096;
const pool = Buffer.allocUnsafeSlow(DRAWN);
let used = DRAWN;

/** Hexadecimal digits of so many random bytes. */
function random(bytes: number): string {
	if (used + bytes > DRAWN) {
		randomFillSync(pool);
		used = 0;
	}
	used += bytes;
	return pool.toString("hex", used - bytes, used);
}

export const newSpanId = (): string => random(8);
export const newTraceId = (): string => random(16);
