import { create } from "@bufbuild/protobuf";
import type { HandlerContext } from "@connectrpc/connect";
import {
	type WatchRequest,
	WatchResponseSchema,
} from "../../../gen/polytope/store/v1/store_pb.js";
import type { StoreContext } from "../context.ts";

export const watch = ({ changes }: StoreContext) =>
	async function* ({ statuses }: WatchRequest, call: HandlerContext) {
		const heard = changes.listen(statuses, call.signal);
		const first = heard.next();
		yield create(WatchResponseSchema, {});
		for (let next = await first; !next.done; next = await heard.next()) {
			yield create(WatchResponseSchema, { changes: [...next.value] });
		}
	};
