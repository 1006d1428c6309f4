import { createHash, timingSafeEqual } from "node:crypto";
import { Code, ConnectError, type HandlerContext } from "@connectrpc/connect";
import { Health } from "../../../gen/health/v1/health_pb.js";

const HEADER = "x-polytope-token";

/** Adds the secret that the processes share to the headers of a call. */
export const withToken =
	(token: string | undefined) =>
	(init: ConstructorParameters<typeof Headers>[0]): Headers => {
		const headers = new Headers(init);
		if (token !== undefined) headers.set(HEADER, token);
		return headers;
	};

/**
 * Refuses calls without the secret before anything of them is read. Health alone is open to all: probes have no secrets.
 * A peer without the secret is a mistake of the operator, not of a user: it must not look like a 401 of theirs.
 */
export function tokenGate(token: string): (call: HandlerContext) => void {
	const wanted = digest(token);
	return ({ service, requestHeader }) => {
		if (service.typeName === Health.typeName) return;
		if (timingSafeEqual(digest(requestHeader.get(HEADER) ?? ""), wanted))
			return;
		throw new ConnectError(
			`${service.typeName} takes calls with the header ${HEADER} only; services.token must be the same in all processes`,
			Code.Internal,
		);
	};
}

/** Equal lengths, so that the comparison takes the same time for all. */
const digest = (text: string): Buffer =>
	createHash("sha256").update(text).digest();
