import { hash } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { Client } from "@connectrpc/connect";
import { LRUCache } from "lru-cache";
import type { IdentityService } from "../gen/polytope/identity/v1/identity_pb.js";
import type { User } from "../services/collections/user.ts";
import { faultOf } from "../services/platform/faults.ts";
import { unauthenticated } from "./problem.ts";
import type { SignIns } from "./sign-ins.ts";

export interface Callers {
	/** Who sent this request, roles included.
	 *
	 * @throws the fault of identity: UNAUTHENTICATED, UNAVAILABLE
	 * @throws Problem when too many wrong credentials came from there */
	of(request: IncomingMessage): Promise<User>;
}

/**
 * A poll would pay for a call to identity each time. For so long a withdrawn key goes on working (milliseconds); only
 * who was let in is remembered, and by a digest, so that memory holds no credentials.
 */
const REMEMBERED_MS = 5_000;
const REMEMBERED = 10_000;

export function openCallers(
	identity: Client<typeof IdentityService>,
	signIns: SignIns,
): Callers {
	const known = new LRUCache<string, User>({
		max: REMEMBERED,
		ttl: REMEMBERED_MS,
	});
	const recognise = async (authorization: string): Promise<User> => {
		const { user } = await identity.authenticate({ authorization });
		if (user === undefined) throw unauthenticated("");
		const { id, username, realm, roles, attributes } = user;
		return { id, username, realm, roles, attributes };
	};
	return {
		async of(request) {
			const { authorization } = request.headers;
			const digest = hash("sha256", authorization ?? "", "base64url");
			const caller = known.get(digest);
			if (caller !== undefined) return caller;
			// Who shows nothing cannot guess.
			const guess = authorization !== undefined;
			if (guess) await signIns.check(request, digest);
			try {
				const fresh = await recognise(authorization ?? "");
				signIns.right(digest);
				known.set(digest, fresh);
				return fresh;
			} catch (reason) {
				if (guess && faultOf(reason)?.name === "UNAUTHENTICATED")
					await signIns.wrong(request, digest);
				throw reason;
			}
		},
	};
}
