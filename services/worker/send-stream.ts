import { create } from "@bufbuild/protobuf";
import { WriteRequestSchema } from "../../gen/polytope/staging/v1/staging_pb.js";
import type { Sending, SentResult } from "./sending.ts";

/** Bytes through `Write`: the way that is always open. */
export async function sendStream(
	{ staging, key, chunks, signal }: Sending,
	chunkSize: number,
): Promise<SentResult> {
	const messages = writes(key, chunkSize, chunks);
	const { length, sha256 } = await staging.write(messages, { signal });
	return { length, sha256, arrived: { case: undefined } };
}

async function* writes(
	key: string,
	size: number,
	chunks: AsyncIterable<Uint8Array>,
) {
	yield create(WriteRequestSchema, { key });
	for await (const chunk of chunks)
		for (let at = 0; at < chunk.length; at += size)
			yield create(WriteRequestSchema, {
				chunk: chunk.subarray(at, at + size),
			});
}
