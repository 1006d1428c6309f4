import type { RoleName } from "../../services/platform/role.ts";
import { TIMES } from "./config.ts";
import type { Random } from "./random.ts";

/** One blow against one process, or one server of others. Times in milliseconds. */
export type Fault =
	| {
			readonly kind: "process";
			readonly role: RoleName;
			/** Which of its replicas, counted round. */
			readonly replica: number;
			readonly signal: "SIGKILL" | "SIGTERM" | "SIGSTOP";
			/** How long it is away, or stands still, until it is started or goes on. */
			readonly downMs: number;
			/** Killed while it stands still, instead of going on. */
			readonly killed: boolean;
			/** The next blow may come before it serves again. */
			readonly hasty: boolean;
	  }
	| {
			readonly kind: "server";
			readonly server: ServerName;
			readonly how: "ended" | "killed" | "frozen";
			readonly downMs: number;
	  };

export type ServerName = "postgres" | "nats" | "s3" | "redis";

const ROLES = [
	["worker", 30],
	["gateway", 16],
	["store", 16],
	["broker", 14],
	["staging", 14],
	["collector", 6],
	["identity", 4],
] as const satisfies readonly (readonly [RoleName, number])[];
const SIGNALS = [
	["SIGKILL", 55],
	["SIGTERM", 30],
	["SIGSTOP", 15],
] as const;
const SERVERS = [
	["postgres", 35],
	["nats", 30],
	["s3", 30],
	["redis", 5],
] as const;
const SERVER_SHARE = 0.12;

/** All blows of a run: the same for the same seed. */
export function faultsOf(random: Random, count: number): Fault[] {
	return Array.from({ length: count }, () =>
		random.chance(SERVER_SHARE) ? serverFault(random) : processFault(random),
	);
}

function processFault(random: Random): Fault {
	const signal = random.weighted(SIGNALS);
	const role = random.weighted(ROLES);
	const paused = signal === "SIGSTOP";
	return {
		kind: "process",
		role,
		replica: random.whole(0, 99),
		signal,
		// A pause is longer than a lease most times, sometimes much shorter.
		downMs: paused
			? random.whole(TIMES.lease * 0.25, TIMES.lease * 2)
			: random.chance(0.7)
				? 0
				: random.whole(0, 2_000),
		killed: paused && random.chance(0.3),
		hasty: random.chance(0.2),
	};
}

function serverFault(random: Random): Fault {
	return {
		kind: "server",
		server: random.weighted(SERVERS),
		how: random.pick(["ended", "killed", "frozen"] as const),
		downMs: random.chance(0.1)
			? random.whole(6_000, 9_000)
			: random.whole(100, 3_000),
	};
}

export const nameOf = (fault: Fault): string =>
	fault.kind === "server"
		? `${fault.server} ${fault.how}`
		: `${fault.role} ${fault.signal}`;
