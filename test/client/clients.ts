import { join } from "node:path";
import { mustRun, type Outcome, run } from "../kit/command.ts";
import { polytopeCommand, python } from "../kit/python.ts";
import { temporaryFolder } from "../kit/temporary.ts";

/**
 * Milliseconds for one run. The client answers a 5xx, 408 or 429 with 120 s of silence: stopped before that, the
 * failing test shows what it logged.
 */
const PATIENCE = 50_000;
const SCRIPTS = join(import.meta.dirname, "scripts");

/** A person's laptop: an empty home folder in which clients run, removed at the end. */
export interface Laptop extends AsyncDisposable {
	readonly home: string;
	/** Runs `scripts/<name>.py` against the server and gives the JSON that it answered. */
	script(name: string, address: string, patience?: number): Promise<unknown>;
	/** Runs `polytope ARGS…` as a person with the demo key would, who has set the address by environment. */
	polytope(address: string, ...args: readonly string[]): Promise<Outcome>;
}

export async function laptop(): Promise<Laptop> {
	const folder = await temporaryFolder("laptop");
	const home = folder.path;
	const environment = (address: string) => ({
		...isolated(home),
		ADDRESS: address,
	});
	return {
		home,
		script: async (name, address, patience = PATIENCE) => {
			const path = join(SCRIPTS, `${name}.py`);
			const options = {
				cwd: home,
				env: environment(address),
				timeout: patience,
			};
			return JSON.parse(await mustRun(await python(), [path], options));
		},
		polytope: async (address, ...args) =>
			// The command line ignores POLYTOPE_INSECURE, so the flag is needed.
			run(await polytopeCommand(), [...args, "--insecure"], {
				cwd: home,
				timeout: PATIENCE,
				env: {
					...environment(address),
					POLYTOPE_ADDRESS: address,
					POLYTOPE_USER_KEY: "demo-key",
					POLYTOPE_USER_EMAIL: "demo@example.org",
				},
			}),
		[Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
	};
}

/** No file or setting of the person who runs the tests reaches the clients, nor the other way round. */
function isolated(home: string): Record<string, string | undefined> {
	const own = Object.keys(process.env).filter((name) =>
		/^(POLYTOPE_|EARTHKIT_|PYTHON)/.test(name),
	);
	return {
		...Object.fromEntries(own.map((name) => [name, undefined])),
		HOME: home,
		TMPDIR: home,
		POLYTOPE_CONFIG_PATH: join(home, "polytope-client"),
		NO_PROXY: "127.0.0.1",
		no_proxy: "127.0.0.1",
		PYTHONDONTWRITEBYTECODE: "1",
	};
}
