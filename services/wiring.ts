import { randomBytes } from "node:crypto";
import { hostname } from "node:os";
import { openParts } from "./parts.ts";
import { openPeers } from "./peers.ts";
import { type Clock, systemClock } from "./platform/clock.ts";
import type { Config } from "./platform/config/schema.ts";
import type { Log } from "./platform/log.ts";
import type {
	Download,
	Loop,
	PartName,
	Peers,
	RoleName,
	Surroundings,
} from "./platform/role.ts";
import type { Place } from "./platform/rpc/link.ts";
import { serveRpc } from "./platform/rpc/serve.ts";
import { ROLE_NAMES, ROLES } from "./roles.ts";

export interface WorldOptions {
	readonly config: Config;
	readonly data: string;
	readonly log: Log;
	readonly version: string;
	readonly clock?: Clock;
	/** The roles to run; without it, all. */
	readonly roles?: ReadonlySet<RoleName>;
	/** Every service listens on its own loopback gRPC port and is reached only through it. */
	readonly split?: boolean;
}

/** The wanted roles, running. Disposing drains and ends them in reverse order. */
export interface World extends AsyncDisposable {
	/** Where the public door listens; empty without a gateway. */
	readonly url: string;
	readonly peers: Peers;
	/** gRPC URLs by role; empty unless split. */
	readonly rpc: ReadonlyMap<RoleName, string>;
}

/** The composition root: opens the wanted roles in one process and lets them meet. */
export async function openWorld(options: WorldOptions): Promise<World> {
	await using stack = new AsyncDisposableStack();
	const around = surroundings(options, stack);
	const rpc = new Map<RoleName, string>();
	const places = new Map<RoleName, Place>();
	const peers = openPeers((name) => {
		const place = places.get(name);
		if (place === undefined) throw new Error(`no ${name} runs here`);
		return place;
	});
	const running = ROLE_NAMES.filter((name) => around.roles.has(name));
	const parts = await openParts(partsOf(running), around);
	let url = "";
	let download: Download | undefined;
	for (const name of running) {
		const { routes, ...open } = await ROLES[name].open({
			...around,
			peers,
			parts,
			loop: loopOf(name, around),
			...(download && { download }),
		});
		download ??= open.download;
		url = open.url ?? url;
		if (routes === undefined) continue;
		if (options.split === true) {
			const served = stack.use(await serveRpc(routes));
			rpc.set(name, served.url);
			places.set(name, { url: served.url });
		} else places.set(name, { routes });
	}
	const held = stack.move();
	return {
		url,
		peers,
		rpc,
		[Symbol.asyncDispose]: () => held.disposeAsync(),
	};
}

const surroundings = (
	{ config, data, log, version, clock, roles }: WorldOptions,
	stack: AsyncDisposableStack,
): Surroundings => ({
	config,
	data,
	log,
	version,
	stack,
	clock: clock ?? systemClock,
	instance: `${hostname()}-${process.pid}-${randomBytes(3).toString("hex")}`,
	roles: roles ?? new Set(ROLE_NAMES),
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
