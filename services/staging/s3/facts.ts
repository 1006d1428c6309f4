import { z } from "zod";
import { servedType } from "../../platform/media-types.ts";
import { attachment } from "../disposition.ts";
import type { StoredObject, Upload } from "../objects.ts";

/**
 * What is known of an object beside its bytes. Of small ones it is known before they are sent, and stands in the
 * object's own headers. Of large ones the checksum is known at the end, when S3 takes no more headers: then it stands in
 * an object of its own, written before the large one becomes visible.
 */
const facts = z.object({
	key: z.string(),
	mediaType: z.string(),
	fileName: z.string(),
	traceparent: z.string().optional(),
	length: z.number().int().nonnegative(),
	sha256: z.string(),
	md5: z.string(),
	createdAt: z.number(),
	/** Of an upload that came through us and is not committed: what completing it needs. */
	upload: z
		.object({
			id: z.string(),
			parts: z.array(z.object({ number: z.number(), etag: z.string() })),
		})
		.optional(),
});

/** The object's facts, and until it is committed how to complete it. */
export type Facts = z.infer<typeof facts>;

export const encodeFacts = (known: Facts): Buffer =>
	Buffer.from(JSON.stringify(facts.parse(known)));

/** Undefined when they are damaged or another key's. */
export function decodeFacts(bytes: Buffer, key: string): Facts | undefined {
	const parsed = facts.safeParse(jsonOf(bytes));
	return parsed.success && parsed.data.key === key ? parsed.data : undefined;
}

export const objectOf = ({ upload: _, ...object }: Facts): StoredObject =>
	object;

/** Headers that the object is stored and served with, whoever serves it. S3 does not ask what a reader accepts. */
export const servedHeaders = ({
	mediaType,
	fileName,
}: Pick<Upload, "mediaType" | "fileName">): Record<string, string> => ({
	"content-type": servedType(mediaType),
	"content-disposition": attachment(fileName),
	"cache-control": "private, no-transform",
});

/** Headers that hold all facts of a small object. S3's own headers take ASCII. */
export const factHeaders = (object: StoredObject): Record<string, string> => ({
	...servedHeaders(object),
	"x-amz-meta-facts": encodeURIComponent(JSON.stringify(object)),
});

/** The facts in an object's metadata; undefined when they stand elsewhere. */
export function factsIn(
	metadata: Readonly<Record<string, unknown>>,
	key: string,
): Facts | undefined {
	const { facts: text } = metadata;
	if (typeof text !== "string") return undefined;
	return decodeFacts(Buffer.from(decodeURIComponent(text)), key);
}

function jsonOf(bytes: Buffer): unknown {
	try {
		return JSON.parse(bytes.toString("utf8"));
	} catch {
		return undefined;
	}
}
