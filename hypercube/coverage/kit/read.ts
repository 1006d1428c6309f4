import type { CoverageCollection } from "../../cube/coverage.ts";
import type { Format } from "../format.ts";
import { write } from "../write.ts";

/** All that a format writes of a collection. */
export async function bytesOf(
	collection: CoverageCollection,
	format: Format,
): Promise<Buffer> {
	return Buffer.concat(await Array.fromAsync(write(collection, format)));
}

/** The same as text. */
export async function textOf(
	collection: CoverageCollection,
	format: Format,
): Promise<string> {
	return (await bytesOf(collection, format)).toString();
}
