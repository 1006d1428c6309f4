/** Octets that are mostly met again, each once: sections that define grids. */
export class DistinctOctets {
	readonly list: Uint8Array[] = [];
	readonly #places = new Map<string, number>();
	/** Most messages have the grid of the one before. */
	#last: { readonly octets: Uint8Array; readonly place: number } | undefined;

	/** Their place in the list; a copy is kept where they are new. */
	add(octets: Uint8Array): number {
		if (this.#last && Buffer.compare(this.#last.octets, octets) === 0)
			return this.#last.place;
		const text = Buffer.from(octets).toString("latin1");
		let place = this.#places.get(text);
		if (place === undefined) {
			place = this.list.length;
			this.list.push(octets.slice());
			this.#places.set(text, place);
		}
		this.#last = { octets: octets.slice(), place };
		return place;
	}
}
