import type { ConnectRouter, ServiceImpl } from "@connectrpc/connect";
import { StoreService } from "../../gen/polytope/store/v1/store_pb.js";
import type { StoreContext } from "./context.ts";
import { repeated } from "./repeat.ts";
import { admit } from "./rpc/admit.ts";
import { backlog } from "./rpc/backlog.ts";
import { cancel, cancelAll } from "./rpc/cancel.ts";
import { claim } from "./rpc/claim.ts";
import { counts } from "./rpc/counts.ts";
import { createMany, createRequest } from "./rpc/create.ts";
import { expired, referenced, remove } from "./rpc/expire.ts";
import { getMany, getRequest } from "./rpc/get.ts";
import { lanes } from "./rpc/lanes.ts";
import { lead } from "./rpc/lead.ts";
import { listRequests } from "./rpc/list.ts";
import { live } from "./rpc/live.ts";
import { paused, setPaused } from "./rpc/paused.ts";
import { place } from "./rpc/place.ts";
import { recentEnds } from "./rpc/recent-ends.ts";
import { recount } from "./rpc/recount.ts";
import { renew } from "./rpc/renew.ts";
import { requeue } from "./rpc/requeue.ts";
import { deadLetters, revive } from "./rpc/revive.ts";
import { ripen } from "./rpc/ripen.ts";
import { search } from "./rpc/search.ts";
import { settle } from "./rpc/settle.ts";
import { undispatched } from "./rpc/undispatched.ts";
import { beginUpload, endUpload } from "./rpc/upload.ts";
import { failUploads } from "./rpc/uploads.ts";
import { usage } from "./rpc/usage.ts";
import { watch } from "./rpc/watch.ts";

/**
 * Makes a call again that an outage cut short, though it may have been done already. Right for reads, and for guarded
 * statements whose repetition finds its work done; calls whose answer needs the first try's rows repeat themselves.
 */
const again =
	<I, O>(handle: (message: I) => Promise<O>) =>
	(message: I): Promise<O> =>
		repeated(() => handle(message));

/** The store's routes: one file per RPC, all of them guarded statements. */
export const storeRoutes =
	(ctx: StoreContext) =>
	(router: ConnectRouter): void => {
		router.service(StoreService, {
			// Looks for the row of its first try.
			create: createRequest(ctx),
			createMany: createMany(ctx),
			get: again(getRequest(ctx)),
			getMany: again(getMany(ctx)),
			list: again(listRequests(ctx)),
			// Takes what its first try has cancelled as done.
			cancel: cancel(ctx),
			// The count misses what a first try has cancelled.
			cancelAll: again(cancelAll(ctx)),
			// A key that a first try gave is nobody's.
			beginUpload: again(beginUpload(ctx)),
			endUpload: again(endUpload(ctx)),
			lanes: again(lanes(ctx)),
			place: again(place(ctx)),
			recentEnds: again(recentEnds(ctx)),
			ripen: again(ripen(ctx)),
			// Adds what its first try has admitted.
			admit: admit(ctx),
			undispatched: again(undispatched(ctx)),
			// Adds what its first try has claimed.
			claim: claim(ctx),
			renew: again(renew(ctx)),
			// A settlement that is made twice is made.
			settle: again(settle(ctx)),
			// The answer misses what a first try has requeued or failed; it is only told in logs.
			requeue: again(requeue(ctx)),
			deadLetters: again(deadLetters(ctx)),
			// The answer misses what a first try has revived.
			revive: again(revive(ctx)),
			failUploads: again(failUploads(ctx)),
			expired: again(expired(ctx)),
			remove: again(remove(ctx)),
			referenced: again(referenced(ctx)),
			lead: again(lead(ctx)),
			setPaused: again(setPaused(ctx)),
			paused: again(paused(ctx)),
			recount: again(recount(ctx)),
			counts: again(counts(ctx)),
			search: again(search(ctx)),
			usage: again(usage(ctx)),
			live: again(live(ctx)),
			backlog: again(backlog(ctx)),
			watch: watch(ctx),
		} satisfies ServiceImpl<typeof StoreService>);
	};
