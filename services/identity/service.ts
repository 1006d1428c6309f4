import type { ServiceImpl } from "@connectrpc/connect";
import type { IdentityService } from "../../gen/polytope/identity/v1/identity_pb.js";
import type { Identity } from "./identity.ts";
import { authenticate } from "./rpc/authenticate.ts";

/** What the identity service answers. */
export const identityService = (
	identity: Identity,
): ServiceImpl<typeof IdentityService> => ({
	authenticate: authenticate(identity),
});
