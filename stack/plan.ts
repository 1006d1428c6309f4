import type { RoleName } from "../services/platform/role.ts";
import { isRoleName, ROLE_NAMES } from "../services/roles.ts";

export type Replicas = Readonly<Record<RoleName, number>>;

/** One process of each role, two of those that serve people and requests. */
export const DEFAULT_REPLICAS: Replicas = {
	store: 1,
	staging: 1,
	identity: 1,
	telemetry: 1,
	worker: 2,
	broker: 1,
	collector: 1,
	gateway: 2,
};

/**
 * `worker=3,gateway=2`: how many processes of each role; of those not named, as many as by default.
 * @throws Error that says what was not understood
 */
export function parseReplicas(text: string): Replicas {
	const said = text.split(",").filter(Boolean).map(parseOne);
	return { ...DEFAULT_REPLICAS, ...Object.fromEntries(said) };
}

function parseOne(text: string): [RoleName, number] {
	const [name = "", count = ""] = text.split("=");
	if (isRoleName(name) && /^\d{1,3}$/.test(count)) return [name, Number(count)];
	throw new Error(
		`--replicas takes ROLE=NUMBER,…, not '${text}'; roles are ${ROLE_NAMES.join(", ")}`,
	);
}

/** One process that is to run. */
export interface Planned {
	/** `worker-2` */
	readonly name: string;
	readonly role: RoleName;
	readonly grpcPort: number;
	/** Shared by all processes of the role. */
	readonly httpPort?: number;
}

/** All processes, in the order in which they are best started, and ended in reverse. */
export function plan(
	replicas: Replicas,
	ports: {
		readonly grpc: readonly number[];
		readonly gateway: number;
		readonly staging: number;
		readonly telemetry: number;
	},
): Planned[] {
	const free = [...ports.grpc];
	return ROLE_NAMES.flatMap((role) =>
		Array.from({ length: replicas[role] }, (_, index) => ({
			name: `${role}-${index + 1}`,
			role,
			grpcPort: free.pop() ?? 0,
			...((role === "gateway" ||
				role === "staging" ||
				role === "telemetry") && {
				httpPort: ports[role],
			}),
		})),
	);
}

export const processesIn = (replicas: Replicas): number =>
	Object.values(replicas).reduce((sum, count) => sum + count, 0);
