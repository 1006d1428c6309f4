import { hash } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { Client } from "@connectrpc/connect";
import { LRUCache } from "lru-cache";
import type { IdentityService } from "../gen/polytope/identity/v1/identity_pb.js";
import type { User } from "../services/collections/user.ts";
import { unauthenticated } from "./problem.ts";

export interface Callers {
	/** Who sent this request, roles included.
	 *
	 * @throws the fault of identity: UNAUTHENTICATED, UNAVAILABLE */
	of(request: IncomingMessage): Promise<User>;
}

/**
 * A poll would pay for a call to identity each time. For so long a withdrawn key goes on working (milliseconds); only
 * who was let in is remembered, and by a digest, so that memory holds no credentials.
 */
const REMEMBERED_MS = 5_000;
const REMEMBERED = 10_000;

export function openCallers(identity: Client<typeof IdentityService>): Callers {
	const known = new LRUCache<string, User>({
		max: REMEMBERED,
		ttl: REMEMBERED_MS,
	});
	return {
		async of(request) {
			const authorization = request.headers.authorization ?? "";
			const digest = hash("sha256", authorization, "base64url");
			const caller = known.get(digest);
			if (caller !== undefined) return caller;
			const { user } = await identity.authenticate({ authorization });
			if (user === undefined) throw unauthenticated("");
			const { id, username, realm, roles, attributes } = user;
			const fresh: User = { id, username, realm, roles, attributes };
			known.set(digest, fresh);
			return fresh;
		},
	};
}
