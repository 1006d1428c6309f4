import type {
	Around,
	OpenRole,
	PartName,
	PeerName,
	RoleName,
} from "./platform/role.ts";

/** One role: whom it calls, what it holds in common with others of its process, and how it is brought up. */
export interface Role<Peer extends PeerName, Part extends PartName> {
	readonly peers: readonly Peer[];
	readonly parts: readonly Part[];
	readonly open: (around: Around<Peer, Part>) => Promise<OpenRole>;
}

/** Lets the compiler hold a role to the peers and parts that its row names. */
const role = <Peer extends PeerName, Part extends PartName>(
	row: Role<Peer, Part>,
): Role<Peer, Part> => row;

/**
 * All roles, in the order in which those of one process are opened; they end in the reverse one. A role's code is loaded
 * when it is opened: a process holds in memory only what it runs.
 */
export const ROLES = {
	store: role({
		peers: [],
		parts: ["database"],
		open: async (around) => (await import("./store/open.ts")).openStore(around),
	}),
	staging: role({
		peers: [],
		parts: [],
		open: async (around) =>
			(await import("./staging/open.ts")).openStaging(around),
	}),
	identity: role({
		peers: [],
		parts: ["cache"],
		open: async (around) =>
			(await import("./identity/open.ts")).openIdentityRole(around),
	}),
	// Before those whose spans it takes: so it ends after them.
	telemetry: role({
		peers: ["store", "identity"],
		parts: ["database"],
		open: async (around) =>
			(await import("./telemetry/open.ts")).openTelemetryRole(around),
	}),
	worker: role({
		peers: ["store", "staging"],
		parts: ["queue"],
		open: async (around) =>
			(await import("./worker/open.ts")).openWorker(around),
	}),
	broker: role({
		peers: ["store"],
		parts: ["queue"],
		open: async (around) =>
			(await import("./broker/open.ts")).openBroker(around),
	}),
	collector: role({
		peers: ["store", "staging"],
		parts: [],
		open: async (around) =>
			(await import("./collector/open.ts")).openCollector(around),
	}),
	gateway: role({
		peers: ["store", "staging", "identity", "broker", "worker"],
		parts: ["cache"],
		open: async (around) =>
			(await import("../gateway/open.ts")).openGatewayRole(around),
	}),
} satisfies Record<RoleName, unknown>;

export const isRoleName = (name: string): name is RoleName =>
	Object.hasOwn(ROLES, name);

export const ROLE_NAMES: readonly RoleName[] =
	Object.keys(ROLES).filter(isRoleName);
