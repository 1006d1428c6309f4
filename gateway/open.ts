import { resolveCollections } from "../services/collections/collection.ts";
import type { Around, OpenRole } from "../services/platform/role.ts";
import type { GatewayOptions } from "./context.ts";
import { openGateway } from "./server.ts";

/** The gateway: the public door, listening. */
export async function openGatewayRole(
	around: Around<"store" | "staging" | "identity">,
): Promise<OpenRole> {
	const { config, clock, log, peers, stack, download } = around;
	if (download === undefined)
		throw new Error("a gateway without staging in its process is not built");
	const options: GatewayOptions = {
		publicUrl: config.public_url,
		trustedProxies: config.http.trusted_proxies,
		limits: config.http.limits,
		rejectStatus: config.http.reject_status,
		coercion: config.coercion,
		version: around.version,
	};
	const door = await openGateway({
		...peers,
		collections: resolveCollections(config),
		download,
		log,
		clock,
		options,
	});
	stack.defer(() => door.close());
	const { host, port } = config.http;
	return { url: await door.listen({ host, port }) };
}
