import { z } from "zod";

const url = z.string();
const load = {
	url,
	clients: z.int().positive(),
	seconds: z.number().positive(),
	/** Seconds before anything counts. */
	warmUp: z.number().min(0),
};

/** What the driver can be asked to do. */
const job = z.discriminatedUnion("kind", [
	z.object({ kind: z.literal("latency"), url, count: z.int().positive() }),
	z.object({ kind: z.literal("lifecycles"), ...load }),
	/** `ids`: a file with the ids to poll for, one a line. */
	z.object({ kind: z.literal("polls"), ...load, ids: z.string() }),
	/** Polls of a request that has ended, while `busy` clients have the same request served again and again. */
	z.object({
		kind: z.literal("polls-meanwhile"),
		url,
		collection: z.string(),
		body: z.string(),
		busy: z.int().min(0),
		seconds: z.number().positive(),
	}),
	z.object({ kind: z.literal("download"), url }),
	z.object({
		kind: z.literal("request"),
		url,
		collection: z.string(),
		body: z.string(),
	}),
]);

export type Job = z.infer<typeof job>;

/** @throws what is wrong with the text */
export const toJob = (text: string): Job => job.parse(JSON.parse(text));
