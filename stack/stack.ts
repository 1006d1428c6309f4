import { randomBytes } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { openPeers } from "../services/peers.ts";
import type { PeerName, Peers, RoleName } from "../services/platform/role.ts";
import { openFar } from "../services/platform/rpc/far.ts";
import { freePorts } from "../test/kit/ports.ts";
import { ownEnvironment } from "../test/kit/product.ts";
import { temporaryFolder } from "../test/kit/temporary.ts";
import { configText, environmentOf, httpUrl } from "./config.ts";
import { type Planned, plan, processesIn, type Replicas } from "./plan.ts";
import { type RoleProcess, roleProcess } from "./process.ts";
import {
	type ServerSettings,
	type Servers,
	settingsOf,
	startServers,
} from "./servers.ts";

export interface StackOptions {
	readonly replicas: Replicas;
	/** Configuration files, over what the stack says of itself. */
	readonly config?: readonly string[];
	/** Where logs and data go; without it, a temporary folder, removed at the end. */
	readonly folder?: string;
	/** Port of the gateways; 0 or nothing: a free one. */
	readonly port?: number;
	/** Servers that are running already; without it, they are started. */
	readonly external?: ServerSettings;
	/** More variables of a process's environment. */
	readonly envOf?: (process: Planned) => Readonly<Record<string, string>>;
	/** Whether PostgreSQL forces what it holds to disk. */
	readonly durable?: boolean;
}

/** Every role as processes of its own, on servers made by others. */
export interface Stack extends AsyncDisposable {
	/** Of the gateways, which share it. */
	readonly url: string;
	readonly folder: string;
	readonly processes: readonly RoleProcess[];
	/** Undefined where they were running already. */
	readonly servers: Servers | undefined;
	readonly settings: ServerSettings;
	/** The configuration file that the stack wrote, and the environment which that needs. */
	readonly config: string;
	readonly env: Readonly<Record<string, string>>;
	/** Clients of the services, over gRPC. */
	readonly peers: Peers;
	of(role: RoleName): readonly RoleProcess[];
	/** Starts all processes at once, and waits until all serve. */
	start(): Promise<void>;
	/** Ends all processes: first who takes work, last who keeps it. Gives the exit codes that were not 0. */
	stop(): Promise<readonly string[]>;
}

/** Who is ended together, in this order: nobody should miss those it calls. */
const ENDING: readonly (readonly RoleName[])[] = [
	["gateway"],
	["broker", "collector", "worker"],
	["identity", "staging"],
	// It takes the last spans of all others.
	["telemetry"],
	["store"],
];

/** Prepares a stack, with its servers; its processes do not run yet. */
export async function openStack(options: StackOptions): Promise<Stack> {
	await using open = new AsyncDisposableStack();
	const folder =
		options.folder ?? open.use(await temporaryFolder("stack")).path;
	await mkdir(folder, { recursive: true });
	const servers = options.external
		? undefined
		: await startServers(open, options.durable === true);
	const settings = options.external ?? (servers && settingsOf(servers));
	if (settings === undefined) throw new Error("there are no servers");
	const planned = await planAll(options);
	const token = randomBytes(24).toString("base64url");
	// For an operator's own calls: `-H "x-polytope-token: $(cat .stack/token)"`.
	await writeFile(join(folder, "token"), token, { mode: 0o600 });
	const file = join(folder, "stack.json");
	await writeFile(file, configText(planned, settings));
	const env = environmentOf(token, settings);
	const processes = planned.map((one) =>
		roleProcess(one, {
			folder,
			config: [file, ...(options.config ?? [])],
			env: { ...ownEnvironment(), ...env, ...options.envOf?.(one) },
		}),
	);
	const of = (role: RoleName) => processes.filter((one) => one.role === role);
	let wanted = false;
	let launching = Promise.resolve();
	const launch = async (): Promise<void> => {
		for (const one of processes) if (wanted) await one.start();
	};
	const stop = async (): Promise<string[]> => {
		wanted = false;
		// Whoever awaits the start is told what went wrong there.
		await launching.catch(() => undefined);
		const wrong: string[] = [];
		for (const roles of ENDING)
			await Promise.all(
				processes
					.filter((one) => roles.includes(one.role) && one.pid())
					.map(async (one) => {
						const code = await one.stop();
						if (code !== 0) wrong.push(`${one.name} ended with ${code}`);
					}),
			);
		return wrong;
	};
	open.defer(async () => void (await stop()));
	// Its own: a client may first be asked for when the stack that holds this one was already handed on.
	const links = open.use(new AsyncDisposableStack());
	const peers = openPeers((name: PeerName) =>
		links.use(openFar({ urls: of(name).map(({ grpc }) => grpc), token })),
	);
	const held = open.move();
	return {
		url: httpUrl(planned, "gateway"),
		folder,
		processes,
		servers,
		settings,
		config: file,
		env,
		peers,
		of,
		stop,
		async start() {
			wanted = true;
			launching = launch();
			await launching;
			await Promise.all(processes.map((one) => one.ready()));
		},
		[Symbol.asyncDispose]: () => held.disposeAsync(),
	};
}

async function planAll({ replicas, port = 0 }: StackOptions) {
	const [gateway = 0, staging = 0, telemetry = 0, ...grpc] = await freePorts(
		3 + processesIn(replicas),
	);
	const doors = { staging, telemetry, gateway: port || gateway };
	return plan(replicas, { grpc, ...doors });
}
