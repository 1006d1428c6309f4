import { create } from "@bufbuild/protobuf";
import type { Client } from "@connectrpc/connect";
import {
	type LocateRequest,
	LocateRequestSchema,
	LocateResponseSchema,
	type StagingService,
} from "../gen/polytope/staging/v1/staging_pb.js";
import {
	type CreateRequest,
	CreateRequestSchema,
	type CreateResponse,
	GetResponseSchema,
	type Request,
	type StoreService,
} from "../gen/polytope/store/v1/store_pb.js";
import { batched } from "../services/platform/batch.ts";
import { fault, faultOf } from "../services/platform/faults.ts";
import { newRequestId } from "../services/platform/ids.ts";

/** Submissions that share one call, one statement and one commit at most. */
const CREATIONS = 64;
/** Polls that share one call at most. */
const POLLS = 256;
/** Characters of a document from which a submission travels alone: a shared call stays small enough for one message. */
const HEAVY = 256 * 1024;

/** A fault of the store itself is everybody's; any other may be that of one submission. */
const apart = (reason: unknown): boolean =>
	faultOf(reason)?.name !== "UNAVAILABLE";

/**
 * The store as it was, but that submissions and polls which come together share one call: they are most of what a store
 * hears, and over gRPC a call costs more than what it asks for.
 */
export function gatherStore(
	store: Client<typeof StoreService>,
): Client<typeof StoreService> {
	const creating = batched<CreateRequest, CreateResponse>(
		async (requests) => {
			const [alone] = requests;
			if (requests.length === 1 && alone) return [await store.create(alone)];
			const all = { requests: [...requests] };
			return (await store.createMany(all)).responses;
		},
		{ most: CREATIONS, apart },
	);
	const reading = batched<string, Request | null>(
		async (ids) => {
			const { requests } = await store.getMany({ ids: [...ids] });
			const found = new Map(requests.map((request) => [request.id, request]));
			return ids.map((id) => found.get(id) ?? null);
		},
		{ most: POLLS, apart },
	);
	return {
		...store,
		create(message) {
			// An id of our own: over a broken connection the call is then made again without making another request.
			const asked = create(CreateRequestSchema, {
				id: newRequestId(),
				...message,
			});
			const heavy = asked.posted.length + asked.coerced.length > HEAVY;
			return heavy ? store.create(asked) : creating(asked);
		},
		async get({ id = "" }) {
			const request = await reading(id);
			if (request === null) throw fault("NOT_FOUND", `Request ${id} not found`);
			return create(GetResponseSchema, { request });
		},
	};
}

/** Staging as it was, but that addresses which are asked for together share one call. */
export function gatherStaging(
	staging: Client<typeof StagingService>,
): Client<typeof StagingService> {
	const locating = batched<LocateRequest, string>(
		async (requests) =>
			(await staging.locateMany({ requests: [...requests] })).urls,
		{ most: POLLS, apart },
	);
	return {
		...staging,
		async locate(message) {
			const url = await locating(create(LocateRequestSchema, message));
			if (url === "")
				throw fault("NOT_FOUND", "no object under this staging key");
			return create(LocateResponseSchema, { url });
		},
	};
}
