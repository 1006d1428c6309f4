import type { Part } from "./polygon.ts";
import type { Ring } from "./ring.ts";

/** What a text says that is no shape, or holds none. */
export class ShapeError extends Error {
	override readonly name = "ShapeError";
	/** One or more: what the message says in one line. */
	readonly faults: readonly string[];

	constructor(...faults: readonly string[]) {
		super(faults.join("; "));
		this.faults = faults;
	}
}

/** Corners told in full; of more wrong ones only how many. */
const TOLD = 5;

/** What is wrong with the corners of a shape: reading goes on after each. */
export class WrongCorners {
	readonly #told: string[] = [];
	#more = 0;

	add(fault: string): void {
		if (this.#told.length < TOLD) this.#told.push(fault);
		else this.#more += 1;
	}

	/** @throws {ShapeError} when there are any */
	settle(): void {
		if (this.#told.length > 0) throw new ShapeError(...this.#all());
	}

	/** @throws {ShapeError} saying this besides */
	fail(fault: string): never {
		throw new ShapeError(...this.#all(), fault);
	}

	#all(): readonly string[] {
		return this.#more > 0
			? [...this.#told, `and ${this.#more} more`]
			: this.#told;
	}
}

/** How many corners the parts have. */
export function verticesOf(parts: readonly Part[]): number {
	let count = 0;
	for (const part of parts)
		for (const ring of part) count += ring.latitudes.length;
	return count;
}

/** Collects the corners of a ring without knowing how many there will be. */
export class RingBuilder {
	readonly #latitudes: number[] = [];
	readonly #longitudes: number[] = [];
	readonly #wrong: WrongCorners;

	/** @param wrong where it is told what is no place on the sphere */
	constructor(wrong: WrongCorners) {
		this.#wrong = wrong;
	}

	add(latitude: number, longitude: number): void {
		const faults: string[] = [];
		if (!(Math.abs(latitude) <= 90))
			faults.push(`latitude ${latitude} is not between -90 and 90`);
		if (!(Math.abs(longitude) <= 3600))
			faults.push(`longitude ${longitude} is not between -3600 and 3600`);
		if (faults.length > 0) this.#wrong.add(faults.join(", "));
		this.#latitudes.push(latitude);
		this.#longitudes.push(longitude);
	}

	build(): Ring {
		return {
			latitudes: Float64Array.from(this.#latitudes),
			longitudes: Float64Array.from(this.#longitudes),
		};
	}
}

/** Which of two coordinates comes first. */
export type Order = "latitude-longitude" | "longitude-latitude";
