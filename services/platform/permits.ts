/** So many of something may be held in this process at once. */
export interface Permits {
	/** False: none is left. */
	take(): boolean;
	give(): void;
}

export function openPermits(count: number): Permits {
	let left = count;
	return {
		take() {
			if (left === 0) return false;
			left -= 1;
			return true;
		},
		give() {
			left += 1;
		},
	};
}
