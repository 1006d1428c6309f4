/** Numbers that look random and are the same for the same seed. */
export interface Random {
	/** From 0 to less than 1. */
	share(): number;
	/** A whole number, both ends included. */
	whole(from: number, to: number): number;
	/** Whether something of this likelihood happens. */
	chance(likelihood: number): boolean;
	pick<T>(from: readonly T[]): T;
	/** Picks by weight. */
	weighted<T>(from: readonly (readonly [T, number])[]): T;
}

/** Mulberry32 (Tommy Ettinger, public domain): small, and random enough to choose victims. */
export function openRandom(seed: number): Random {
	let state = seed >>> 0;
	const share = (): number => {
		state = (state + 0x6d2b79f5) >>> 0;
		let mixed = Math.imul(state ^ (state >>> 15), state | 1);
		mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
	};
	const whole = (from: number, to: number): number =>
		from + Math.floor(share() * (to - from + 1));
	const weighted = <T>(from: readonly (readonly [T, number])[]): T => {
		let left = share() * from.reduce((sum, [, weight]) => sum + weight, 0);
		for (const [one, weight] of from) {
			left -= weight;
			if (left < 0) return one;
		}
		const last = from.at(-1);
		if (last === undefined) throw new Error("nothing to pick from");
		return last[0];
	};
	return {
		share,
		whole,
		weighted,
		chance: (likelihood) => share() < likelihood,
		pick: (from) => weighted(from.map((one) => [one, 1] as const)),
	};
}
