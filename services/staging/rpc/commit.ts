import type { CommitRequest } from "../../../gen/polytope/staging/v1/staging_pb.js";
import type { StagingContext, StagingImpl } from "../context.ts";
import type { Arrived } from "../objects.ts";
import { objectMessage, parseKey } from "./messages.ts";

/** Makes an upload an object, if it is what its writer says it is. */
export const commit =
	({ objects, known }: StagingContext): StagingImpl["commit"] =>
	async ({ key, length, sha256, arrived }) => {
		const object = await objects.commit(
			parseKey(key),
			{ length: Number(length), ...(sha256 !== "" && { sha256 }) },
			arrivedOf(arrived),
		);
		known.stored(object.key);
		return { object: objectMessage(object) };
	};

function arrivedOf(arrived: CommitRequest["arrived"]): Arrived | undefined {
	switch (arrived.case) {
		case "file":
			return { kind: "file" };
		case "parts":
			return {
				kind: "parts",
				uploadId: arrived.value.uploadId,
				parts: arrived.value.etags.map((etag, at) => ({
					number: at + 1,
					etag,
				})),
			};
		default:
			return undefined;
	}
}
