import { createHash } from "node:crypto";
import { countOf, type Ranges } from "../grid/ranges.ts";

/** A field that lies in the same chunks as others. */
export interface Member {
	/** Reads its own values, and those of others, while each chunk is at hand. */
	readWith(
		ranges: Ranges,
		outs: ReadonlyMap<Member, Float64Array>,
		signal?: AbortSignal,
	): Promise<void>;
}

/** Octets of values held for fields that will be read next. */
const mostHeld = 128 * 1024 * 1024;

/** So many points asked for at once are likely a slice of more. */
const slice = 65_536;

/**
 * Fields of a selection that lie in the same chunks. Where those are too many for the cache, reading field by field
 * would fetch each chunk for each field; so the values of the fields that come next are taken while a chunk is there.
 */
export class Batch {
	readonly #members: Member[] = [];
	readonly #held = new Map<Member, Map<string, Float64Array>>();
	#bytes = 0;

	get size(): number {
		return this.#members.length;
	}

	/** In the order in which they will be read. */
	add(member: Member): void {
		this.#members.push(member);
	}

	/** @param points of the whole grid */
	read(
		member: Member,
		{ ranges, points }: { readonly ranges: Ranges; readonly points: number },
		out: Float64Array,
		signal?: AbortSignal,
	): void | Promise<void> {
		const key = createHash("sha1").update(ranges).digest("base64");
		const held = this.#held.get(member)?.get(key);
		if (held) {
			out.set(held);
			this.#held.get(member)?.delete(key);
			this.#bytes -= held.byteLength;
			return;
		}
		const count = countOf(ranges);
		const likely = count >= slice ? Math.max(points, count) : count;
		const after = this.#members.indexOf(member) + 1;
		const room = Math.floor((mostHeld - this.#bytes) / (8 * count));
		const fair = Math.floor(mostHeld / (8 * likely));
		const ahead = this.#members.slice(after, after + Math.min(room, fair));
		return this.#readAhead(member, ahead, { key, ranges, count }, out, signal);
	}

	async #readAhead(
		member: Member,
		ahead: readonly Member[],
		of: {
			readonly key: string;
			readonly ranges: Ranges;
			readonly count: number;
		},
		out: Float64Array,
		signal: AbortSignal | undefined,
	): Promise<void> {
		const outs = new Map([[member, out]]);
		for (const one of ahead) outs.set(one, new Float64Array(of.count));
		await member.readWith(of.ranges, outs, signal);
		outs.delete(member);
		for (const [one, values] of outs) {
			const held = this.#held.get(one) ?? new Map<string, Float64Array>();
			this.#bytes += values.byteLength - (held.get(of.key)?.byteLength ?? 0);
			this.#held.set(one, held.set(of.key, values));
		}
	}
}
