import { z } from "zod";

/** One run of one suite, as `reporter.ts` writes it. */
export const OUTCOME = z.object({
	files: z.array(
		z.object({
			/** Absolute. */
			path: z.string(),
			/** How many of its tests passed. */
			passed: z.number(),
			failures: z.array(
				z.object({
					/** Describes and test; empty where the file itself could not be run. */
					name: z.string(),
					/** The message and where it was thrown: a few lines. */
					error: z.string(),
				}),
			),
		}),
	),
	/** What was thrown outside of all tests. */
	errors: z.array(z.string()),
});

export type Outcome = z.infer<typeof OUTCOME>;
export type FileOutcome = Outcome["files"][number];
