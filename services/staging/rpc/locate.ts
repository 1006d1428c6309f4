import { fault } from "../../platform/faults.ts";
import type { StagingContext, StagingImpl } from "../context.ts";
import { parseLocated } from "./messages.ts";

/** Gives the address of an object that is there; of one that was seen lately, without looking again. */
export const locate =
	({ known, deliver }: StagingContext): StagingImpl["locate"] =>
	async (request) => {
		const wanted = parseLocated(request);
		if (!(await known.has(wanted.key)))
			throw fault("NOT_FOUND", "no object under this staging key");
		return { url: await deliver(wanted) };
	};
