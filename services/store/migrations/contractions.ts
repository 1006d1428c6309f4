import { type RawBuilder, sql } from "kysely";

/** Takes away what only older code needs. It waits until no older code is at work, and from then on none may start. */
export interface Contraction {
	/** The oldest version of the code that works without it. */
	readonly needs: number;
	readonly statements: readonly RawBuilder<unknown>[];
}

/** In this order; append only. */
export const contractions: readonly Contraction[] = [
	{
		// Its successor, `request_ready`, leaves deferred requests out.
		needs: 5,
		statements: [sql`drop index if exists request_waiting`],
	},
];
