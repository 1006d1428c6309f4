import { z } from "zod";
import type { Mapping, Value } from "../../hypercube/mars/document.ts";

const value: z.ZodType<Value> = z.lazy(() =>
	z.union([
		z.string(),
		z.number(),
		z.boolean(),
		z.null(),
		z.array(value),
		mapping,
	]),
);
const mapping: z.ZodType<Mapping> = z.record(z.string(), value);

/** What is cut out of which files, and how often. */
const work = z.array(
	z.object({
		path: z.string(),
		request: z.record(z.string(), z.union([z.string(), mapping])),
		rounds: z.int().positive(),
	}),
);
export type Work = z.infer<typeof work>;

/** Medians of the rounds. */
const figures = z.object({
	/** From the request to what it costs, ms. */
	planMs: z.number(),
	/** From the request to the first byte of the answer, ms. */
	firstMs: z.number(),
	/** From the request to the last byte, ms. */
	totalMs: z.number(),
	/** Of it processor time of all threads, ms: on a busy machine it says more. */
	cpuMs: z.number(),
	values: z.number(),
	fields: z.number(),
	/** Octets of the answer. */
	bytes: z.number(),
	/** Octets that the process got from the system's reads. */
	readBytes: z.number(),
	/** Peak of resident memory, above what was there before, and in all. */
	memoryMiB: z.number(),
	peakMiB: z.number(),
});
export type Figures = z.infer<typeof figures>;

/** @throws what is wrong with the text */
export const toWork = (text: string): Work => work.parse(JSON.parse(text));
export const toFigures = (text: string): Figures[] =>
	z.array(figures).parse(JSON.parse(text));

/** Where the reference implementation does not come to an end, why. */
export const toReference = (
	text: string,
): (Figures | { readonly reason: string })[] =>
	z
		.array(z.union([figures, z.object({ reason: z.string() })]))
		.parse(JSON.parse(text));
