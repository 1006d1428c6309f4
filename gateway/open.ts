import { resolveCollections } from "../services/collections/collection.ts";
import { unsharedLimits } from "../services/platform/config/shared-limits.ts";
import type {
	Around,
	OpenRole,
	PeerName,
	Surroundings,
} from "../services/platform/role.ts";
import type { GatewayOptions } from "./context.ts";
import { openGateway } from "./server.ts";

/** The gateway: the public door, listening. */
export async function openGatewayRole(
	around: Around<"store" | "staging" | "identity", "cache">,
): Promise<OpenRole> {
	const { config, clock, log, peers, parts, stack, download } = around;
	const unshared = isAlone(around) ? undefined : unsharedLimits(config);
	if (unshared !== undefined) throw new Error(unshared);
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
		cache: parts.cache,
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

const OTHERS: readonly PeerName[] = [
	"store",
	"staging",
	"identity",
	"worker",
	"broker",
];

/** Whether this process runs everything: then there is no other gateway. */
const isAlone = ({ roles }: Surroundings): boolean =>
	OTHERS.every((name) => roles.has(name));
