/** How much one may do: `burst` at once, and from then on `perSecond`. Both above 0. */
export interface Rate {
	readonly perSecond: number;
	readonly burst: number;
}

/** What a bucket says to one who asks. */
export interface Turn {
	/** False: refused, and nothing was counted. */
	readonly taken: boolean;
	/** Milliseconds until it is one's turn by the rate; 0 at once. */
	readonly waitMs: number;
}

/**
 * Counts of who did how much, which the processes of a deployment share. They may be lost at any moment: nothing that
 * matters is kept here. No call fails and none hangs: what cannot be reached is as good as empty.
 */
export interface Cache extends AsyncDisposable {
	/**
	 * Counts one more in a bucket, unless the wait for its turn would be longer than `most` milliseconds: 0 takes only
	 * what is within the rate, more lets callers queue up for so long.
	 */
	take(bucket: string, rate: Rate, most?: number): Promise<Turn>;
	/** What `take` would say now; counts nothing. */
	look(bucket: string, rate: Rate): Promise<Turn>;
}
