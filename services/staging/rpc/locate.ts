import type { LocateRequest } from "../../../gen/polytope/staging/v1/staging_pb.js";
import { fault } from "../../platform/faults.ts";
import type { StagingContext, StagingImpl } from "../context.ts";
import { parseLocated } from "./messages.ts";

/** Gives the address of an object that is there; of one that was seen lately, without looking again. */
export const locate =
	(ctx: StagingContext): StagingImpl["locate"] =>
	async (request) => {
		const url = await urlOf(ctx, request);
		if (url === "")
			throw fault("NOT_FOUND", "no object under this staging key");
		return { url };
	};

export const locateMany =
	(ctx: StagingContext): StagingImpl["locateMany"] =>
	async ({ requests }) => ({
		urls: await Promise.all(requests.map((request) => urlOf(ctx, request))),
	});

/** Empty when the object has gone. */
async function urlOf(
	{ known, deliver }: StagingContext,
	request: LocateRequest,
): Promise<string> {
	const wanted = parseLocated(request);
	return (await known.has(wanted.key)) ? await deliver(wanted) : "";
}
