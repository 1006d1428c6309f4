import type { StagingContext, StagingImpl } from "../context.ts";
import type { Direct } from "../objects.ts";
import { parseUpload } from "./messages.ts";

/** Bytes of one message that are a good compromise: few messages, little memory for each upload. */
const CHUNK_SIZE = 512 * 1024;
/** Addresses that are given without having been asked for: enough for 128 MiB. Each costs a tenth of a millisecond. */
const FIRST_URLS = 16;

/** Opens an upload, or refuses it while there is no room, before anybody has worked for it. */
export const begin =
	({ objects, room, known }: StagingContext): StagingImpl["begin"] =>
	async (request) => {
		const upload = parseUpload(request);
		const length = Number(request.expectedLength);
		const maxLength = BigInt(room.check(length));
		known.removed(upload.key);
		const direct = await objects.create(upload, length);
		if (direct?.kind === "parts")
			return { maxLength, target: await parts(direct) };
		return {
			maxLength,
			target: { case: "stream", value: { chunkSize: CHUNK_SIZE } },
			...(direct && { file: fileOf(direct) }),
		};

		async function parts({
			uploadId,
			partSize,
		}: Extract<Direct, { kind: "parts" }>) {
			const count = needed(length, partSize);
			const range = { first: 1, count };
			const urls = await objects.partUrls(upload.key, uploadId, range);
			const value = {
				uploadId,
				partSize: BigInt(partSize),
				urls: [...urls],
			};
			return { case: "parts" as const, value };
		}
	};

const needed = (length: number, partSize: number): number =>
	length === 0
		? 1
		: Math.min(FIRST_URLS, Math.max(1, Math.ceil(length / partSize)));

const fileOf = ({ path, offset }: Extract<Direct, { kind: "file" }>) => ({
	path,
	offset: BigInt(offset),
});
