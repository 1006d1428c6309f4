import { openGatewayRole } from "../gateway/open.ts";
import { openBroker } from "./broker/open.ts";
import { openCollector } from "./collector/open.ts";
import { openIdentityRole } from "./identity/open.ts";
import type {
	Around,
	OpenRole,
	PartName,
	PeerName,
	RoleName,
} from "./platform/role.ts";
import { openStaging } from "./staging/open.ts";
import { openStore } from "./store/open.ts";
import { openWorker } from "./worker/open.ts";

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

/** All roles, in the order in which those of one process are opened; they end in the reverse one. */
export const ROLES = {
	store: role({ peers: [], parts: [], open: openStore }),
	staging: role({ peers: [], parts: [], open: openStaging }),
	identity: role({ peers: [], parts: ["cache"], open: openIdentityRole }),
	worker: role({
		peers: ["store", "staging"],
		parts: ["queue"],
		open: openWorker,
	}),
	broker: role({ peers: ["store"], parts: ["queue"], open: openBroker }),
	collector: role({
		peers: ["store", "staging"],
		parts: [],
		open: openCollector,
	}),
	gateway: role({
		peers: ["store", "staging", "identity"],
		parts: ["cache"],
		open: openGatewayRole,
	}),
} satisfies Record<RoleName, unknown>;

export const isRoleName = (name: string): name is RoleName =>
	Object.hasOwn(ROLES, name);

export const ROLE_NAMES: readonly RoleName[] =
	Object.keys(ROLES).filter(isRoleName);
