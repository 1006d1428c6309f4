import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { loadConfig } from "../../services/platform/config/load.ts";
import type { Config } from "../../services/platform/config/schema.ts";
import { openLog } from "../../services/platform/log.ts";
import type { EmbeddedPostgres } from "../../services/platform/postgres/embedded/postgres.ts";
import type { Peers, RoleName } from "../../services/platform/role.ts";
import { openWorld, type World } from "../../services/wiring.ts";
import { type Caller, callerOf } from "./caller.ts";
import { dateBack } from "./date-back.ts";
import { testDatabase } from "./postgres.ts";
import { temporaryFolder } from "./temporary.ts";

export interface TestWorldOptions {
	/** Every service behind its own gRPC port. */
	readonly split: boolean;
	/** YAML, merged over the sample configuration without its archive. */
	readonly config?: string;
	/** The roles of the world; by default all. */
	readonly roles?: ReadonlySet<RoleName>;
	/** A PostgreSQL of the test's own, in which the world's database is made; by default the one that all tests share. */
	readonly connection?: EmbeddedPostgres["connection"];
}

/** All roles in this process, on a database and a folder of their own; disposing removes both. */
export interface TestWorld extends AsyncDisposable {
	/** The services that run now. */
	readonly world: () => Peers;
	/** Address of the public door. */
	readonly url: () => string;
	/** Address of a role's gRPC port. @throws Error when it has none. */
	readonly rpc: (role: RoleName) => string;
	/** The user `demo`. */
	readonly demo: () => Caller;
	/** The user `other`. */
	readonly other: () => Caller;
	readonly data: string;
	/** What all of it is configured with. */
	readonly config: Config;
	/**
	 * Another replica of some roles, as if in a process of its own, on the same database; where every service has a gRPC
	 * port of its own, it reaches those.
	 */
	replica(
		roles: ReadonlySet<RoleName>,
		config?: Partial<Config>,
	): Promise<World>;
	/** Lets an object in staging look an hour older than it is. */
	dateBack(key: string): Promise<void>;
	/** Ends all roles in good order and starts them again on the same data. */
	restart(): Promise<void>;
	/** Ends all roles in good order. */
	stop(): Promise<void>;
}

/** What all worlds add to the sample configuration: no archive, which takes its time, and a second user. */
export const BASE = `
collections: {sample: null, sample-zarr: null}
authentication:
  demo: {authenticators: {others: {type: keys, keys: [{key: other-key, user: other}]}}}
`;

/** Brings up the whole product in this process, on a PostgreSQL that forces nothing to disk. */
export async function openTestWorld(
	options: TestWorldOptions,
): Promise<TestWorld> {
	await using stack = new AsyncDisposableStack();
	const data = stack.use(await temporaryFolder("world")).path;
	const database = stack.use(await testDatabase(options.connection));
	const texts = [BASE, options.config ?? "{}"];
	const files = texts.map((_, index) => join(data, `config-${index}.yaml`));
	for (const [index, file] of files.entries())
		await writeFile(file, texts[index] ?? "");
	const { config } = loadConfig({
		files,
		env: {},
		overrides: { http: { port: 0 }, store: { url: database.url } },
	});
	let running: World | undefined;
	const log = openLog("fatal");
	const common = { config, data, log, version: "0", split: options.split };
	const start = async (): Promise<void> => {
		running = await openWorld({
			...common,
			...(options.roles && { roles: options.roles }),
		});
	};
	const stop = async (): Promise<void> => {
		await running?.[Symbol.asyncDispose]();
		running = undefined;
	};
	const now = (): World => {
		if (running === undefined) throw new Error("nothing runs");
		return running;
	};
	stack.defer(stop);
	await start();
	const held = stack.move();
	return {
		data,
		config,
		world: () => now().peers,
		url: () => now().url,
		rpc(role) {
			const address = now().rpc.get(role);
			if (address === undefined) throw new Error(`${role} has no port`);
			return address;
		},
		stop,
		replica: (roles, more) => {
			const services = { ...config.services, ...peersIn(now()) };
			return openWorld({
				...common,
				config: { ...config, services, ...more },
				roles,
				split: false,
			});
		},
		dateBack: (key) => dateBack(join(data, "staging"), key),
		demo: () => callerOf(now().url),
		other: () => callerOf(now().url, "other-key"),
		restart: async () => {
			await stop();
			await start();
		},
		[Symbol.asyncDispose]: () => held.disposeAsync(),
	};
}

const peersIn = ({ rpc }: World) =>
	Object.fromEntries([...rpc].map(([role, url]) => [role, [url]]));
