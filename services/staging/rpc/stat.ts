import { fault } from "../../platform/faults.ts";
import type { StagingContext, StagingImpl } from "../context.ts";
import { objectMessage, parseKey } from "./messages.ts";

/** Tells what is stored under a key. */
export const stat =
	({ objects }: StagingContext): StagingImpl["stat"] =>
	async ({ key }) => {
		const object = await objects.stat(parseKey(key));
		if (object === undefined)
			throw fault("NOT_FOUND", "no object under this staging key");
		return { object: objectMessage(object) };
	};
