import type { ServiceImpl } from "@connectrpc/connect";
import type { IdentityService } from "../../../gen/polytope/identity/v1/identity_pb.js";
import { fault } from "../../platform/faults.ts";
import type { Identity } from "../identity.ts";

/** Name of the metadata that carries the challenge beside an UNAUTHENTICATED fault. */
export const CHALLENGE = "www-authenticate";

/** Turns the header of a caller into a user; a refusal carries the challenge as metadata. */
export const authenticate =
	(identity: Identity): ServiceImpl<typeof IdentityService>["authenticate"] =>
	async ({ authorization }) => {
		const result = await identity.recognise(authorization);
		if (result.kind === "refused") {
			const refusal = fault("UNAUTHENTICATED", result.message);
			refusal.metadata.set(CHALLENGE, result.challenge);
			throw refusal;
		}
		const { roles, attributes, ...user } = result.caller;
		return {
			user: { ...user, roles: [...roles], attributes: { ...attributes } },
		};
	};
