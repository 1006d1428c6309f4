import type { StoredObject } from "./objects.ts";

/** What the writer of an upload says it sent. */
export interface Expected {
	/** Bytes. */
	readonly length: number;
	/** Lower-case hexadecimal; absent: not checked. */
	readonly sha256?: string;
}

/** Whether something else arrived than was sent. */
export const differs = (object: StoredObject, expected: Expected): boolean =>
	object.length !== expected.length ||
	(expected.sha256 ?? object.sha256) !== object.sha256;

/** Says so, for people. */
export const whatDiffers = (object: StoredObject, expected: Expected): string =>
	`upload ${object.key}: ${object.length} bytes with SHA-256 ${object.sha256} arrived, ` +
	`but ${expected.length} bytes with ${expected.sha256 ?? "any SHA-256"} were announced`;
