import { IdentityService } from "../../gen/polytope/identity/v1/identity_pb.js";
import { steadyClock } from "../platform/clock.ts";
import type { Around, OpenRole } from "../platform/role.ts";
import { openIdentity } from "./identity.ts";
import { identityService } from "./service.ts";

/** Identity: the configured realms behind one RPC. */
export async function openIdentityRole({
	config,
	parts,
}: Around<never, "cache">): Promise<OpenRole> {
	const service = identityService(
		openIdentity(config.authentication, steadyClock, parts.cache),
	);
	return { routes: (router) => router.service(IdentityService, service) };
}
