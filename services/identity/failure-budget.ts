import type { Cache, Rate } from "../platform/cache/cache.ts";

/** How often one may fail; counted for all processes together, where they share a cache. */
export interface FailureBudget {
	/** Whether the next try must wait. */
	spent(who: string): Promise<boolean>;
	/** Notes a failure. */
	count(who: string): Promise<void>;
}

/** Enough for a script that tries an old password a while, too little to guess one. */
const FAILURES: Rate = { perSecond: 1, burst: 100 };

/** Bounds guessing: after a hundred failures for a name one more try a second. */
export const openFailureBudget = (cache: Cache): FailureBudget => ({
	spent: async (who) => !(await cache.look(bucketOf(who), FAILURES)).taken,
	count: async (who) => {
		await cache.take(bucketOf(who), FAILURES);
	},
});

const bucketOf = (who: string): string => `sign-in/user/${who}`;
