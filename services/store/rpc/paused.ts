import { create } from "@bufbuild/protobuf";
import {
	PausedResponseSchema,
	type SetPausedRequest,
	SetPausedResponseSchema,
} from "../../../gen/polytope/store/v1/store_pb.js";
import { fault } from "../../platform/faults.ts";
import type { StoreContext } from "../context.ts";

export const setPaused =
	({ db }: StoreContext) =>
	async ({ collection, paused }: SetPausedRequest) => {
		if (collection === "") throw fault("INVALID", "name a collection");
		await (paused
			? db
					.insertInto("paused")
					.values({ collection })
					.onConflict((on) => on.doNothing())
					.execute()
			: db.deleteFrom("paused").where("collection", "=", collection).execute());
		return create(SetPausedResponseSchema, {});
	};

export const paused =
	({ db }: StoreContext) =>
	async () => {
		const rows = await db.selectFrom("paused").select("collection").execute();
		return create(PausedResponseSchema, {
			collections: rows.map(({ collection }) => collection),
		});
	};
