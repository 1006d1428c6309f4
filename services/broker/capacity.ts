/** Workers that serve the same pools. */
export interface Workers {
	/** None: all. */
	readonly pools: readonly string[];
	readonly slots: number;
}

export const serves = (
	{ pools }: Pick<Workers, "pools">,
	pool: string,
): boolean => pools.length === 0 || pools.includes(pool);

/** How many more requests of each pool workers can soon take. */
export interface Capacity {
	of(pool: string): number;
	use(pool: string, count: number): void;
}

/** How many times the workers' slots may be queued or processing: enough that no slot waits for the broker. */
const AHEAD = 2;

/** Some pools that together may have no more in flight than the workers that serve any of them can soon take. */
interface Share {
	/** Undefined: all pools. */
	readonly pools: ReadonlySet<string> | undefined;
	free: number;
}

/**
 * A worker's slots are for whichever of its pools needs them, so what one pool uses the others lack. Held to account are
 * each pool by itself, the pools that some workers share, and all together: exact where workers serve one pool each or
 * all of them, and close where their pools overlap otherwise.
 *
 * @param inFlight queued and processing, by pool.
 */
export function openCapacity(
	workers: readonly Workers[],
	inFlight: ReadonlyMap<string, number>,
	pools: Iterable<string>,
): Capacity {
	const share = (of?: readonly string[]): Share => {
		const among = of && new Set(of);
		const slots = workers
			.filter(
				(some) => among?.values().some((pool) => serves(some, pool)) ?? true,
			)
			.reduce((sum, some) => sum + some.slots, 0);
		const used = [...inFlight]
			.filter(([pool]) => among?.has(pool) ?? true)
			.reduce((sum, [, count]) => sum + count, 0);
		return { pools: among, free: slots * AHEAD - used };
	};
	const shares = [
		share(),
		...[...pools].map((pool) => share([pool])),
		...workers
			.filter((some) => some.pools.length > 1)
			.map((s) => share(s.pools)),
	];
	const touching = (pool: string): Share[] =>
		shares.filter(({ pools }) => pools?.has(pool) ?? true);
	return {
		of: (pool) => Math.min(...touching(pool).map(({ free }) => free)),
		use(pool, count) {
			for (const one of touching(pool)) one.free -= count;
		},
	};
}
