import { fault } from "../../platform/faults.ts";
import type { StagingContext, StagingImpl } from "../context.ts";
import { parseKey } from "./messages.ts";

/** Streams an object to a service: what was uploaded, to the worker that archives it. */
export const read = ({ objects }: StagingContext): StagingImpl["read"] =>
	async function* ({ key }) {
		const stream = await objects.open(parseKey(key));
		if (stream === undefined)
			throw fault("NOT_FOUND", "no object under this staging key");
		for await (const chunk of stream) {
			if (!Buffer.isBuffer(chunk))
				throw new Error("an object that is not bytes");
			yield { chunk };
		}
	};
