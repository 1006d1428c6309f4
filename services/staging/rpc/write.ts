import type { WriteRequest } from "../../../gen/polytope/staging/v1/staging_pb.js";
import { fault } from "../../platform/faults.ts";
import type { StagingContext, StagingImpl } from "../context.ts";
import { parseKey } from "./messages.ts";

/** Takes the bytes of one upload; the next message is read when the disk has room for it. */
export const write =
	({ objects, room }: StagingContext): StagingImpl["write"] =>
	async (requests) => {
		const messages = requests[Symbol.asyncIterator]();
		const first = await messages.next();
		if (first.done === true)
			throw fault("INVALID", "the first message of Write names the key");
		const key = parseKey(first.value.key);
		using held = room.hold();
		const chunks = chunksOf(first.value, messages, (bytes) => held.take(bytes));
		const written = await objects.write(key, chunks);
		return { ...written, length: BigInt(written.length) };
	};

async function* chunksOf(
	first: WriteRequest,
	rest: AsyncIterator<WriteRequest>,
	onBytes: (bytes: number) => void,
): AsyncIterable<Uint8Array> {
	try {
		for (let message = first; ; ) {
			onBytes(message.chunk.length);
			yield message.chunk;
			const next = await rest.next();
			if (next.done === true) return;
			message = next.value;
		}
	} finally {
		await rest.return?.();
	}
}
