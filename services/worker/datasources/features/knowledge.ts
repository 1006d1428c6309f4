import { LRUCache } from "lru-cache";
import type { TableFile } from "../../../../hypercube/archive/table.ts";
import type { Known } from "../../../../hypercube/grib/values/packed.ts";

/** Octets that a thread keeps of what it learnt. */
const most = 64 * 1024 * 1024;

/** What was learnt of messages on first touch: offsets into their packed values, counts of their bitmaps. */
export class Knowledge {
	readonly #known = new LRUCache<string, Known>({
		maxSize: most,
		// What is learnt is filled in later: reckoned when it is next asked for.
		sizeCalculation: (known) => 64 + sizeOf(known),
	});

	of({ path, size, mtimeMs }: TableFile, offset: number): Known {
		const name = `${path}\u0000${size}\u0000${mtimeMs}\u0000${offset}`;
		const known = this.#known.get(name) ?? {};
		// Taken out first: else its size would stay what it was before it was filled.
		this.#known.delete(name);
		this.#known.set(name, known);
		return known;
	}
}

const sizeOf = ({ ranks, restarts }: Known): number =>
	(ranks?.byteLength ?? 0) + (restarts?.byteLength ?? 0);
