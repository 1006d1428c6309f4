import { createHash, timingSafeEqual } from "node:crypto";
import type { DescService } from "@bufbuild/protobuf";
import { Code, ConnectError, type HandlerContext } from "@connectrpc/connect";
import { ServerReflection } from "../../../gen/grpc/reflection/v1/reflection_pb.js";
import { ServerReflection as ServerReflectionAlpha } from "../../../gen/grpc/reflection/v1alpha/reflection_pb.js";
import { Health } from "../../../gen/health/v1/health_pb.js";

export const TOKEN_HEADER = "x-polytope-token";

/** Adds the secret that the processes share to the headers of a call. */
export const withToken =
	(token: string | undefined) =>
	(init: ConstructorParameters<typeof Headers>[0]): Headers => {
		const headers = new Headers(init);
		if (token !== undefined) headers.set(TOKEN_HEADER, token);
		return headers;
	};

/** Probes have no secrets, and the contracts are none. */
const OPEN: readonly DescService[] = [
	Health,
	ServerReflection,
	ServerReflectionAlpha,
];

/**
 * Refuses calls without the secret before anything of them is read. Health and reflection are open to all.
 * A peer without the secret is a mistake of the operator, not of a user: it must not look like a 401 of theirs.
 */
export function tokenGate(token: string): (call: HandlerContext) => void {
	const wanted = digest(token);
	return ({ service, requestHeader }) => {
		if (OPEN.includes(service)) return;
		if (timingSafeEqual(digest(requestHeader.get(TOKEN_HEADER) ?? ""), wanted))
			return;
		throw new ConnectError(
			`${service.typeName} takes calls with the header ${TOKEN_HEADER} only; services.token must be the same in all processes`,
			Code.Internal,
		);
	};
}

/** The same for HTTP: whether a call shows the secret, where there is one. */
export function tokenChecker(
	token: string | undefined,
): (shown: string | undefined) => boolean {
	if (token === undefined) return () => true;
	const wanted = digest(token);
	return (shown) => timingSafeEqual(digest(shown ?? ""), wanted);
}

/** Equal lengths, so that the comparison takes the same time for all. */
const digest = (text: string): Buffer =>
	createHash("sha256").update(text).digest();
