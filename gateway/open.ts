import type { FastifyInstance } from "fastify";
import { resolveCollections } from "../services/collections/collection.ts";
import { explained } from "../services/platform/port.ts";
import type { Around, OpenRole } from "../services/platform/role.ts";
import type { GatewayOptions } from "./context.ts";
import { gatherStaging, gatherStore } from "./gather.ts";
import { openGateway } from "./server.ts";

/** The gateway: the public door, listening. */
export async function openGatewayRole(
	around: Around<
		"store" | "staging" | "identity" | "broker" | "worker",
		"cache"
	>,
): Promise<OpenRole> {
	const { config, clock, log, peers, parts, stack, download, telemetry } =
		around;
	const options: GatewayOptions = {
		publicUrl: config.public_url,
		trustedProxies: config.http.trusted_proxies,
		limits: config.http.limits,
		archive: config.archive,
		rejectStatus: config.http.reject_status,
		coercion: config.coercion,
		version: around.version,
	};
	const door = await openGateway({
		store: gatherStore(peers.store),
		staging: gatherStaging(peers.staging),
		identity: peers.identity,
		broker: peers.broker,
		worker: peers.worker,
		cache: parts.cache,
		collections: resolveCollections(config),
		...(download && { download }),
		...(telemetry && { telemetry }),
		log,
		clock,
		options,
	});
	stack.defer(() => door.close());
	const { host, port } = config.http;
	// Gateways of one host share a port; a process that runs everything should rather say that it is taken.
	const at = { host, port, reusePort: around.apart && port !== 0 };
	return { url: await listen(door, at) };
}

/** @throws Error that says what to do when the port is taken */
async function listen(
	door: FastifyInstance,
	at: { host: string; port: number; reusePort: boolean },
): Promise<string> {
	try {
		return await door.listen(at);
	} catch (reason) {
		throw explained(at, reason);
	}
}
