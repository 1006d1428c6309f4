import type { ConnectRouter, ServiceImpl } from "@connectrpc/connect";
import { StoreService } from "../../gen/polytope/store/v1/store_pb.js";
import type { StoreContext } from "./context.ts";
import { admit, undispatched } from "./rpc/admit.ts";
import { cancel, cancelAll } from "./rpc/cancel.ts";
import { claim } from "./rpc/claim.ts";
import { counts, recount } from "./rpc/counts.ts";
import { createRequest } from "./rpc/create.ts";
import { expired, referenced, remove } from "./rpc/expire.ts";
import { getRequest } from "./rpc/get.ts";
import { lanes } from "./rpc/lanes.ts";
import { listRequests } from "./rpc/list.ts";
import { renew } from "./rpc/renew.ts";
import { requeue } from "./rpc/requeue.ts";
import { settle } from "./rpc/settle.ts";
import { watch } from "./rpc/watch.ts";

/** The store's routes: one file per RPC, all of them guarded statements. */
export const storeRoutes =
	(ctx: StoreContext) =>
	(router: ConnectRouter): void => {
		router.service(StoreService, {
			create: createRequest(ctx),
			get: getRequest(ctx),
			list: listRequests(ctx),
			cancel: cancel(ctx),
			cancelAll: cancelAll(ctx),
			lanes: lanes(ctx),
			admit: admit(ctx),
			undispatched: undispatched(ctx),
			claim: claim(ctx),
			renew: renew(ctx),
			settle: settle(ctx),
			requeue: requeue(ctx),
			expired: expired(ctx),
			remove: remove(ctx),
			referenced: referenced(ctx),
			recount: recount(ctx),
			counts: counts(ctx),
			watch: watch(ctx),
		} satisfies ServiceImpl<typeof StoreService>);
	};
