import type { ConnectRouter, ServiceImpl } from "@connectrpc/connect";
import { BrokerService } from "../../gen/polytope/broker/v1/broker_pb.js";
import type { BrokerContext } from "./context.ts";
import { explain } from "./rpc/explain.ts";
import { limits, pauseCollection, resumeCollection } from "./rpc/limits.ts";

export const brokerRoutes =
	(ctx: BrokerContext) =>
	(router: ConnectRouter): void => {
		router.service(BrokerService, {
			explain: explain(ctx),
			limits: limits(ctx),
			pause: pauseCollection(ctx),
			resume: resumeCollection(ctx),
		} satisfies ServiceImpl<typeof BrokerService>);
	};
