/** Work that is done one after the other where it concerns the same thing, side by side where it does not. */
export interface Turns {
	of<T>(thing: string, work: () => Promise<T>): Promise<T>;
}

export function openTurns(): Turns {
	const last = new Map<string, Promise<unknown>>();
	return {
		async of(thing, work) {
			const before = last.get(thing);
			const mine = before === undefined ? work() : before.then(work, work);
			last.set(thing, mine);
			try {
				return await mine;
			} finally {
				if (last.get(thing) === mine) last.delete(thing);
			}
		},
	};
}
