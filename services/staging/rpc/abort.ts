import type { StagingContext, StagingImpl } from "../context.ts";
import { parseKey } from "./messages.ts";

/** Throws an upload away. */
export const abort =
	({ objects }: StagingContext): StagingImpl["abort"] =>
	async ({ key }) => {
		await objects.abort(parseKey(key));
		return {};
	};
