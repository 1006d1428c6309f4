import { fault } from "../platform/faults.ts";
import type { Objects } from "./objects.ts";

/** How much may still come in: what is stored, and what is arriving through this process, against one limit. */
export interface Room {
	/**
	 * Throws FULL when so many bytes more do not fit; 0 asks whether anything does.
	 * @returns bytes that one result may have; 0: no limit
	 */
	check(bytes: number): number;
	/** Holds room for bytes that are arriving; given back on dispose, when they are stored or thrown away. */
	hold(): Disposable & {
		/** Throws FULL. */
		take(bytes: number): void;
	};
}

export interface RoomLimits {
	/** Bytes that may be stored in all; 0: no limit but the disk's own. */
	readonly maxBytes: number;
	/** Bytes that one result may have; 0: no limit. */
	readonly maxResult: number;
}

export function openRoom(
	objects: Objects,
	{ maxBytes, maxResult }: RoomLimits,
): Room {
	let arriving = 0;
	function check(bytes: number): number {
		if (maxResult > 0 && bytes > maxResult) throw tooLarge(maxResult);
		if (maxBytes === 0) return maxResult;
		const taken = objects.usage().bytes + arriving;
		if (taken + Math.max(bytes, 1) <= maxBytes)
			return Math.min(maxResult || maxBytes, maxBytes - taken);
		throw fault(
			"FULL",
			`staging is full: ${taken} of ${maxBytes} bytes are taken, and ${bytes} more would not fit`,
		);
	}
	function hold() {
		let held = 0;
		return {
			take(bytes: number) {
				check(bytes);
				arriving += bytes;
				held += bytes;
				if (maxResult > 0 && held > maxResult) throw tooLarge(maxResult);
			},
			[Symbol.dispose]() {
				arriving -= held;
				held = 0;
			},
		};
	}
	return { check, hold };
}

const tooLarge = (maxResult: number) =>
	fault(
		"FULL",
		`a result may have at most ${maxResult} bytes (staging.max_result); ask for less at once`,
	);
