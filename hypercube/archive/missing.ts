import { RequestError } from "../mars/errors.ts";
import type { Axis } from "./axes.ts";

/** More combinations than anyone means to ask for; the bound keeps a careless request from eating the memory. */
const mostFields = 1_000_000;

/** How many of the missing fields an error names. */
const mostNamed = 10;

/** The combinations of a request's values, and which of them some message has. */
export class Wanted {
	readonly #axes: readonly Axis[];
	readonly #found: Uint8Array;

	/** @throws RequestError where the values make more combinations than are allowed. */
	constructor(axes: readonly Axis[]) {
		this.#axes = axes.filter(({ requested }) => requested);
		const count = this.#axes.reduce(
			(product, { texts }) => product * texts.length,
			1,
		);
		if (count > mostFields) {
			throw new RequestError([
				`the request asks for ${count} fields, which is more than the ${mostFields} allowed: split it`,
			]);
		}
		this.#found = new Uint8Array(count);
	}

	/** Notes a message by its ranks on all axes, those of the request and the others. */
	note(rankOn: (axis: Axis) => number): void {
		let place = 0;
		for (const axis of this.#axes)
			place = place * axis.texts.length + rankOn(axis);
		this.#found[place] = 1;
	}

	/** @throws RequestError that says how many are missing and which. */
	check(allowPartial: boolean): void {
		const found = this.#found.reduce((sum, flag) => sum + flag, 0);
		if (found === this.#found.length || (allowPartial && found > 0)) return;
		const expected = this.#found.length;
		const named: string[] = [];
		for (let place = 0; named.length < mostNamed && place < expected; place++) {
			if (this.#found[place] === 0) named.push(this.#describe(place));
		}
		const more = expected - found - named.length;
		throw new RequestError([
			`expected ${expected} ${expected === 1 ? "field" : "fields"}, found ${found}: missing ${named.join(", ")}` +
				(more > 0 ? `, and ${more} more` : ""),
		]);
	}

	/** The values that tell one combination from the others; of a single one all. */
	#describe(place: number): string {
		const several = this.#axes.filter(({ texts }) => texts.length > 1);
		let rest = place;
		const texts = new Map<Axis, string>();
		for (const axis of this.#axes.toReversed()) {
			texts.set(axis, axis.texts[rest % axis.texts.length] ?? "");
			rest = Math.floor(rest / axis.texts.length);
		}
		const shown = several.length > 0 ? several : this.#axes;
		return shown.map((axis) => `${axis.key}=${texts.get(axis)}`).join(" ");
	}
}
