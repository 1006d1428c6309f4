import { once } from "node:events";
import type { ConnectRouter, HandlerContext } from "@connectrpc/connect";
import {
	Health,
	type HealthCheckRequest,
	HealthCheckResponse_ServingStatus as Status,
} from "../../../gen/health/v1/health_pb.js";
import { fault } from "../faults.ts";

/**
 * What a gRPC port says of itself by `grpc.health.v1`: each service that the router already has, and the port as a whole
 * under the empty name, serves until the port is ending.
 */
export const healthRoutes =
	(ending: AbortSignal) =>
	(router: ConnectRouter): void => {
		const names = new Set([
			"",
			...router.handlers.map(({ service }) => service.typeName),
		]);
		const status = () => (ending.aborted ? Status.NOT_SERVING : Status.SERVING);

		router.service(Health, {
			check({ service }) {
				if (!names.has(service))
					throw fault("NOT_FOUND", `This port has no service ${service}`);
				return { status: status() };
			},
			async *watch({ service }: HealthCheckRequest, call: HandlerContext) {
				const said = () =>
					names.has(service) ? status() : Status.SERVICE_UNKNOWN;
				yield { status: said() };
				await aborted(AbortSignal.any([call.signal, ending]));
				if (ending.aborted) yield { status: said() };
			},
			list: () => ({
				statuses: Object.fromEntries(
					[...names].map((name) => [name, { status: status() }]),
				),
			}),
		});
	};

async function aborted(signal: AbortSignal): Promise<void> {
	if (!signal.aborted) await once(signal, "abort");
}
