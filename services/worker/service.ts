import { create } from "@bufbuild/protobuf";
import type { ConnectRouter, ServiceImpl } from "@connectrpc/connect";
import {
	CancelResponseSchema,
	DescribeResponseSchema,
	DrainResponseSchema,
	WorkerService,
} from "../../gen/polytope/worker/v1/worker_pb.js";
import type { WorkerContext } from "./context.ts";
import { plan } from "./rpc/plan.ts";

/** @param drain ends the worker's loop and resolves when it has drained. */
export const workerRoutes =
	(
		ctx: WorkerContext,
		drain: { readonly draining: () => boolean; start(): Promise<void> },
	) =>
	(router: ConnectRouter): void => {
		router.service(WorkerService, {
			describe: () =>
				create(DescribeResponseSchema, {
					workerId: ctx.id,
					slots: ctx.slots,
					datasourceTypes: [...ctx.datasourceTypes],
					draining: drain.draining(),
					running: ctx.running.all().map(({ request, bytes }) => ({
						requestId: request.id,
						attempt: request.attempt,
						collection: request.collection,
						datasource: request.datasource,
						bytes: BigInt(bytes),
					})),
				}),
			cancel: ({ requestId }) =>
				create(CancelResponseSchema, {
					stopped: ctx.running.stop(requestId, "cancelled"),
				}),
			plan: plan(ctx),
			drain: async () => {
				await drain.start();
				return create(DrainResponseSchema, {});
			},
		} satisfies ServiceImpl<typeof WorkerService>);
	};
