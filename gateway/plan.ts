import { Code, ConnectError } from "@connectrpc/connect";
import { z } from "zod";
import type { PlanResponse } from "../gen/polytope/worker/v1/worker_pb.js";
import { faultOf } from "../services/platform/faults.ts";
import type { Accepted } from "./accept.ts";
import type { GatewayContext } from "./context.ts";
import { Problem } from "./problem.ts";

/** What a request would read and be answered with. */
export const planSchema = z.object({
	message: z.string().describe("The same in a sentence."),
	datasource: z.string(),
	contentType: z.string(),
	fields: z.int().min(0).describe("Fields that are read."),
	points: z.int().min(0).optional().describe("Points of a field."),
	values: z.int().min(0).optional().describe("Values in the answer."),
	coverages: z.int().min(0).optional(),
	bytesToRead: z
		.int()
		.min(0)
		.describe("Once indexes, bitmaps and offsets are known."),
	bytesToReadAtFirst: z.int().min(0).describe("While nothing of it is known."),
	bytesToSend: z.int().min(0),
	bytesToSendIsExact: z
		.boolean()
		.describe("False: the answer is no longer than that."),
	grids: z.array(z.string()).optional(),
	parameters: z.array(z.string()).optional(),
});

/** How long a worker may take to look: an archive may have to be looked at first. */
const PLAN_MS = 30_000;
/** Workers of other pools do not have the datasource: so many are asked. */
const MOST_ASKED = 16;

/** Lets a worker say what serving a request would take. @throws Problem where it cannot be served, or nobody can tell */
export async function plan(
	{ worker }: Pick<GatewayContext, "worker">,
	collection: string,
	{ datasource, coerced }: Accepted,
): Promise<z.output<typeof planSchema>> {
	for (let asked = 1; ; asked++) {
		try {
			const found = await worker.plan(
				{ collection, datasource, request: coerced },
				{ timeoutMs: PLAN_MS },
			);
			return view(datasource, found);
		} catch (reason) {
			if (isUnknown(reason))
				throw new Problem(
					400,
					`Datasource ${datasource} cannot tell what a request takes before it is served`,
				);
			const elsewhere = faultOf(reason)?.name === "NOT_FOUND";
			if (!elsewhere || asked === MOST_ASKED) throw reason;
		}
	}
}

const isUnknown = (reason: unknown): boolean =>
	reason instanceof ConnectError && reason.code === Code.Unimplemented;

const counted = (count: bigint, what: string): string =>
	`${count} ${what}${count === 1n ? "" : "s"}`;

function view(
	datasource: string,
	found: PlanResponse,
): z.output<typeof planSchema> {
	const cut = found.coverages > 0n;
	const sent = Number(found.bytesToSend);
	const most = found.bytesExact ? "" : "at most ";
	const points = cut
		? `, ${counted(found.points, "point")} and ${counted(found.values, "value")} of them`
		: "";
	return {
		message: `${counted(found.fields, "field")}${points}: ${found.bytesToRead} bytes to read, ${most}${sent} to send. Nothing was queued.`,
		datasource,
		contentType: found.mediaType,
		fields: Number(found.fields),
		...(cut && {
			points: Number(found.points),
			values: Number(found.values),
			coverages: Number(found.coverages),
			grids: found.grids,
			parameters: found.parameters,
		}),
		bytesToRead: Number(found.bytesToRead),
		bytesToReadAtFirst: Number(found.bytesToReadAtFirst),
		bytesToSend: sent,
		bytesToSendIsExact: found.bytesExact,
	};
}
