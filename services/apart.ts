import type { Config } from "./platform/config/schema.ts";
import { unsharedLimits } from "./platform/config/shared-limits.ts";
import { isLoopback } from "./platform/loopback.ts";
import type { PeerName, RoleName } from "./platform/role.ts";
import { ROLE_NAMES, ROLES } from "./roles.ts";

type Check = (
	config: Config,
	roles: ReadonlySet<RoleName>,
) => string | undefined;

/** What serves one process only, and so cannot serve roles that are apart: one row each. */
const ONE_PROCESS: readonly Check[] = [
	({ store }, roles) =>
		roles.has("store") && store.url.startsWith("embedded:")
			? "store.url 'embedded:' serves a process that runs all roles; roles that are apart need a PostgreSQL of yours: postgres://user:password@host/database"
			: undefined,
	({ store, telemetry }, roles) =>
		roles.has("telemetry") &&
		store.url.startsWith("embedded:") &&
		telemetry.store === undefined
			? "telemetry apart from others needs a PostgreSQL that it can reach: the store's, in store.url, or one of its own, in telemetry.store"
			: undefined,
	({ queue }, roles) =>
		queue.url === "memory:" && roles.has("broker") !== roles.has("worker")
			? "queue.url 'memory:' serves one process; a broker and workers that are apart need one that they share: nats://host:4222"
			: undefined,
	(config, roles) =>
		roles.has("gateway") ? unsharedLimits(config) : undefined,
	({ staging, public_url, http }, roles) =>
		roles.has("staging") &&
		!roles.has("gateway") &&
		!isLoopback(http.host) &&
		staging.public_url === undefined &&
		public_url === undefined
			? "staging apart from the gateway has downloads at an address of its own: say how clients reach it in staging.public_url"
			: undefined,
];

/**
 * Why these roles cannot run as a process of their own, each reason with what to do; empty when they can, and when they
 * are all there are.
 */
export function whyNotApart(
	config: Config,
	roles: ReadonlySet<RoleName>,
): string[] {
	if (ROLE_NAMES.every((name) => roles.has(name))) return [];
	const unfit = ONE_PROCESS.map((check) => check(config, roles));
	const lost = [...roles].flatMap((name) =>
		ROLES[name].peers
			.filter((peer) => !roles.has(peer) && !config.services[peer])
			.map((peer) => callsNobody(name, peer)),
	);
	return [...unfit.filter((text) => text !== undefined), ...lost];
}

const callsNobody = (name: RoleName, peer: PeerName): string =>
	`role ${name} calls ${peer}, which does not run here: say where it is in services.${peer}, such as http://10.0.0.1:9001`;
