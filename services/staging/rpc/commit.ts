import type { StagingContext, StagingImpl } from "../context.ts";
import { objectMessage, parseKey } from "./messages.ts";

/** Makes an upload an object, if it is what its writer says it is. */
export const commit =
	({ objects }: StagingContext): StagingImpl["commit"] =>
	async ({ key, length, sha256 }) => {
		const object = await objects.commit(parseKey(key), {
			length: Number(length),
			...(sha256 === "" ? {} : { sha256 }),
		});
		return { object: objectMessage(object) };
	};
