import type { StagingContext, StagingImpl } from "../context.ts";
import { parseUpload } from "./messages.ts";

/** Bytes of one message that are a good compromise: few messages, little memory for each upload. */
const CHUNK_SIZE = 512 * 1024;

/** Opens an upload, or refuses it while there is no room, before anybody has worked for it. */
export const begin =
	({ objects, room }: StagingContext): StagingImpl["begin"] =>
	async (request) => {
		const upload = parseUpload(request);
		room.check(Number(request.expectedLength));
		await objects.create(upload);
		return {
			target: { case: "stream", value: { chunkSize: CHUNK_SIZE } },
		};
	};
