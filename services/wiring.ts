import { randomBytes } from "node:crypto";
import { hostname } from "node:os";
import { openParts } from "./parts.ts";
import { type Clock, systemClock } from "./platform/clock.ts";
import type { Config } from "./platform/config/schema.ts";
import { lockFolder } from "./platform/lock.ts";
import type { Log, ProcessLog } from "./platform/log.ts";
import { requireFree } from "./platform/port.ts";
import type {
	Download,
	Loop,
	PartName,
	Peers,
	RoleName,
	Surroundings,
} from "./platform/role.ts";
import { processRoutes } from "./platform/rpc/process.ts";
import type { TelemetryDoor } from "./platform/telemetry-door.ts";
import { openReach } from "./reach.ts";
import { ROLE_NAMES, ROLES } from "./roles.ts";

export interface WorldOptions {
	readonly config: Config;
	readonly data: string;
	readonly log: ProcessLog;
	readonly version: string;
	readonly clock?: Clock;
	/** Ends waiting for what is away while the world is opened. */
	readonly ending?: AbortSignal;
	/** The roles to run; without it, all. */
	readonly roles?: ReadonlySet<RoleName>;
	/** The gRPC port for all services of this process; without it, a free one where roles run elsewhere, else none. */
	readonly opsPort?: number;
	/** Every service listens on its own loopback gRPC port and is reached only through it. */
	readonly split?: boolean;
	/** Names this process among all that run; without it, a new name. */
	readonly instance?: string;
	/** What this process measures, as Prometheus's text. */
	readonly metrics?: () => Promise<string>;
}

/** The wanted roles, running. Disposing drains and ends them in reverse order. */
export interface World extends AsyncDisposable {
	/** Where the HTTP door listens, the gateway's or staging's; empty without one. */
	readonly url: string;
	readonly running: readonly RoleName[];
	readonly peers: Peers;
	/** gRPC URLs: by role where every service has its own, else of the whole process, as `grpc`. */
	readonly rpc: ReadonlyMap<RoleName | "grpc", string>;
}

/** The composition root: opens the wanted roles in one process and lets them meet. */
export async function openWorld(options: WorldOptions): Promise<World> {
	await using stack = new AsyncDisposableStack();
	const around = surroundings(options, stack);
	const reach = openReach(
		around.config.services,
		processRoutes(options.log),
		stack,
		options.metrics,
	);
	const running = ROLE_NAMES.filter((name) => around.roles.has(name));
	await requireDoor(around);
	await lockData(around);
	const parts = await openParts(partsOf(running), around);
	let url = "";
	let download: Download | undefined;
	let telemetry: TelemetryDoor | undefined;
	for (const name of running) {
		const { routes, ...open } = await ROLES[name].open({
			...around,
			log: options.log.of(name),
			peers: reach.peers,
			parts,
			loop: loopOf(name, around),
			...(download && { download }),
			...(telemetry && { telemetry }),
		});
		download ??= open.download;
		telemetry ??= open.telemetry;
		url = open.url ?? url;
		if (routes !== undefined)
			await reach.offer(name, routes, options.split === true);
	}
	if (options.opsPort !== undefined || around.apart)
		await reach.serve(options.opsPort);
	const held = stack.move();
	return {
		url,
		running,
		peers: reach.peers,
		rpc: reach.rpc,
		[Symbol.asyncDispose]: () => held.disposeAsync(),
	};
}

/** A port that is taken is said before anything is started. Gateways of their own may share one. */
async function requireDoor({ roles, apart, config }: Surroundings) {
	if (roles.has("gateway") && !apart) await requireFree(config.http);
}

/** Two processes on one data folder would start two PostgreSQLs on the same files; nothing else there minds. */
async function lockData({ roles, config, data, stack }: Surroundings) {
	if (roles.has("store") && config.store.url.startsWith("embedded:"))
		stack.use(await lockFolder(data));
}

/** A name for this process that no other one has, and that tells people where it runs. */
export const newInstance = (): string =>
	`${hostname()}-${process.pid}-${randomBytes(3).toString("hex")}`;

const surroundings = (
	{ config, data, log, version, clock, roles, ending, instance }: WorldOptions,
	stack: AsyncDisposableStack,
): Surroundings => ({
	config,
	data,
	log,
	version,
	stack,
	ending: ending ?? new AbortController().signal,
	clock: clock ?? systemClock,
	instance: instance ?? newInstance(),
	roles: roles ?? new Set(ROLE_NAMES),
	apart: !ROLE_NAMES.every((name) => roles?.has(name) ?? true),
	died: (what, reason) => endProcess(log, what, reason),
});

const partsOf = (roles: readonly RoleName[]): ReadonlySet<PartName> =>
	new Set(roles.flatMap((name): readonly PartName[] => ROLES[name].parts));

function endProcess(log: Log, what: string, reason: unknown): void {
	log.fatal(
		{ event: "part.died", what, err: reason },
		`${what} ended by itself`,
	);
	process.exitCode = 1;
	process.kill(process.pid, "SIGTERM");
}

/** Runs a role's own work; disposing the stack ends it and waits for its end. */
const loopOf =
	(name: RoleName, { stack, died }: Surroundings) =>
	(run: (signal: AbortSignal) => Promise<void>): Loop => {
		const stop = new AbortController();
		const ended = run(stop.signal).catch((reason) => died(name, reason));
		const end = async (): Promise<void> => {
			stop.abort();
			await ended;
		};
		stack.defer(end);
		return { stop: end, stopping: () => stop.signal.aborted };
	};
