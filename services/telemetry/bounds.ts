/** Upper bounds of the buckets of histograms, in seconds: those of polytope-server v1. Each is two columns in the tables. */
export const BOUNDS = [0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300] as const;

/** Columns that say how many requests took at most each bound, from submission to end. */
export const TOOK: readonly string[] = BOUNDS.map(
	(_, index) => `took_${index}`,
);

/** The same of the last attempt alone. */
export const WORKED: readonly string[] = BOUNDS.map(
	(_, index) => `worked_${index}`,
);
