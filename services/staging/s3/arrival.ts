import { differs, type Expected, whatDiffers } from "../agreement.ts";
import type { Arrived, UploadedPart } from "../objects.ts";
import type { StoredPart } from "./client.ts";
import { type Facts, objectOf } from "./facts.ts";

/** An upload as it will be completed. */
export interface Arrival {
	readonly uploadId: string;
	readonly parts: readonly UploadedPart[];
	readonly facts: Facts;
}

/**
 * What an upload has become, by what was noted of it and by who sent its parts to S3 directly. Undefined: nothing that
 * could be completed.
 */
export function arrivalOf(
	begun: Facts,
	{ length, sha256 = "" }: Expected,
	{ arrived, now }: { readonly arrived: Arrived | undefined; now: number },
): Arrival | undefined {
	if (arrived === undefined) {
		const { id = "", parts = [] } = begun.upload ?? {};
		return { uploadId: id, parts, facts: begun };
	}
	if (arrived.kind !== "parts") return undefined;
	const { uploadId, parts } = arrived;
	const upload = { id: uploadId, parts: [...parts] };
	const facts = { ...begun, length, sha256, createdAt: now, upload };
	return { uploadId, parts, facts };
}

/** Why an upload cannot be completed; undefined when all of it is there and is what was announced. */
export function whatIsWrong(
	{ parts, facts }: Arrival,
	stored: readonly StoredPart[],
	expected: Expected,
): string | undefined {
	const sizes = new Map(stored.map(({ number, size }) => [number, size]));
	if (parts.length === 0 || parts.some(({ number }) => !sizes.has(number)))
		return `upload ${facts.key} was not written to its end`;
	const length = parts.reduce(
		(sum, { number }) => sum + (sizes.get(number) ?? 0),
		0,
	);
	const object = { ...objectOf(facts), length };
	return differs(object, expected) ? whatDiffers(object, expected) : undefined;
}
