import type { StagingContext, StagingImpl } from "../context.ts";
import { parseKey } from "./messages.ts";

/** Objects that are removed at once. */
const AT_ONCE = 16;

/** Removes objects; those that are gone are no error. */
export const remove =
	({ objects, known }: StagingContext): StagingImpl["delete"] =>
	async (request) => {
		const keys = request.keys.map(parseKey);
		for (let at = 0; at < keys.length; at += AT_ONCE) {
			const some = keys.slice(at, at + AT_ONCE);
			for (const key of some) known.removed(key);
			await Promise.all(some.map((key) => objects.delete(key)));
		}
		return {};
	};
