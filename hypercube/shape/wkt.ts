import {
	type Order,
	RingBuilder,
	ShapeError,
	WrongCorners,
} from "./geometry.ts";
import type { Part } from "./polygon.ts";
import type { Ring } from "./ring.ts";

/** Collections in collections; nobody means more. */
const DEEPEST = 16;

/**
 * The polygons of a text in Well-Known Text (OGC Simple Features 1.2.1, section 7): `POLYGON`, `MULTIPOLYGON`,
 * `GEOMETRYCOLLECTION` of these; `Z`, `M` and an `SRID=…;` before it are read over. Coordinates are longitude first, as
 * the standard has it, unless told otherwise. Time and memory are linear in the text.
 *
 * @throws {ShapeError} saying where it is none
 */
export function parseWkt(
	text: string,
	order: Order = "longitude-latitude",
): readonly Part[] {
	const reader = new Reader(text, order);
	reader.take(/\s*srid\s*=\s*\d+\s*;/iy);
	const parts: Part[] = [];
	reader.geometry(parts, 0);
	if (reader.take(/\s*;?\s*$/y) === undefined) reader.fail("more text");
	reader.wrong.settle();
	if (parts.length === 0) throw new ShapeError("WKT holds no polygon");
	return parts;
}

class Reader {
	readonly #text: string;
	readonly #order: Order;
	readonly wrong = new WrongCorners();
	#at = 0;

	constructor(text: string, order: Order) {
		this.#text = text;
		this.#order = order;
	}

	geometry(parts: Part[], depth: number): void {
		if (depth > DEEPEST) this.wrong.fail("WKT is nested too deep");
		const kind = this.take(/\s*([a-z]+)/iy)?.toUpperCase();
		this.take(/\s+(?:ZM|Z|M)\b/iy);
		if (this.take(/\s+EMPTY\b/iy) !== undefined) return;
		const bare = kind?.replace(/(?:ZM|Z|M)$/, "");
		if (bare === "POLYGON") parts.push(this.#rings());
		else if (bare === "MULTIPOLYGON")
			this.#each(() => parts.push(this.#rings()));
		else if (kind === "GEOMETRYCOLLECTION")
			this.#each(() => this.geometry(parts, depth + 1));
		else if (kind === undefined) this.fail("no geometry");
		else
			this.wrong.fail(
				`WKT must be POLYGON, MULTIPOLYGON or GEOMETRYCOLLECTION, not ${kind.slice(0, 40)}`,
			);
	}

	/** What the sticky pattern matches here, its first group if it has one. */
	take(pattern: RegExp): string | undefined {
		pattern.lastIndex = this.#at;
		const found = pattern.exec(this.#text);
		if (!found) return undefined;
		this.#at += found[0].length;
		return found[1] ?? found[0];
	}

	fail(what: string): never {
		const near = this.#text.slice(this.#at, this.#at + 20);
		return this.wrong.fail(
			`WKT has ${what} at character ${this.#at + 1}: '${near}'`,
		);
	}

	#rings(): Part {
		if (this.take(/\s*EMPTY\b/iy) !== undefined) return [];
		const rings: Ring[] = [];
		this.#each(() => rings.push(this.#ring()));
		return rings;
	}

	#ring(): Ring {
		const ring = new RingBuilder(this.wrong);
		this.#each(() => {
			const first = this.#number();
			const second = this.#number();
			// Height and measure.
			while (this.take(NUMBER) !== undefined);
			if (this.#order === "longitude-latitude") ring.add(second, first);
			else ring.add(first, second);
		});
		return ring.build();
	}

	#number(): number {
		const text = this.take(NUMBER);
		return text === undefined ? this.fail("no number") : Number(text);
	}

	/** `( item , item )` */
	#each(item: () => void): void {
		if (this.take(/\s*\(/y) === undefined) this.fail("no opening bracket");
		do item();
		while (this.take(/\s*,/y) !== undefined);
		if (this.take(/\s*\)/y) === undefined) this.fail("no closing bracket");
	}
}

const NUMBER = /\s*([-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?)/iy;
