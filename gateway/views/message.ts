import { z } from "zod";

/** The shape of nearly every v1 answer, and of every refusal. */
export const messageView = z.object({ message: z.string() });

/** A 202: `status` never says "processed". */
export const pendingSchema = z.object({
	message: z.string(),
	status: z.enum(["queued", "uploading", "processing"]),
});

/** A 303. */
export const readySchema = z.object({
	contentLength: z.int().min(0),
	contentType: z.string(),
	location: z.url(),
});

/** A 200 that ends an archive request: the only answer that says "processed". */
export const archivedSchema = z.object({
	location: z.url(),
	message: z.string(),
	status: z.literal("processed"),
});
