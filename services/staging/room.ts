import { fault } from "../platform/faults.ts";
import type { Objects } from "./objects.ts";

/** How much may still come in: what is stored, and what is arriving through this process, against one limit. */
export interface Room {
	/** Throws FULL when so many bytes more do not fit; 0 asks whether anything does. */
	check(bytes: number): void;
	/** Holds room for bytes that are arriving; given back on dispose, when they are stored or thrown away. */
	hold(): Disposable & {
		/** Throws FULL. */
		take(bytes: number): void;
	};
}

/** `maxBytes` 0: no limit but the disk's own. */
export function openRoom(objects: Objects, maxBytes: number): Room {
	let arriving = 0;
	function check(bytes: number): void {
		if (maxBytes === 0) return;
		const taken = objects.usage().bytes + arriving;
		if (taken + Math.max(bytes, 1) <= maxBytes) return;
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
			},
			[Symbol.dispose]() {
				arriving -= held;
				held = 0;
			},
		};
	}
	return { check, hold };
}
