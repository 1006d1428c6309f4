import type { CoverageCollection } from "../../cube/coverage.ts";
import type { Format } from "../format.ts";
import { write } from "../write.ts";

/** All that a format writes of a collection. */
export async function textOf(
	collection: CoverageCollection,
	format: Format,
): Promise<string> {
	const chunks = await Array.fromAsync(write(collection, format));
	return Buffer.concat(chunks).toString();
}
