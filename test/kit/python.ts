import { createHash } from "node:crypto";
import { join } from "node:path";
import { mustRun, run } from "./command.ts";
import { aptInstall, cached, findOnPath, INSTALL_TIMEOUT } from "./tools.ts";

/** What an environment has, pinned. */
const SETS = {
	/**
	 * The users' clients, unmodified, and ecCodes as the judge of our GRIB. earthkit-data needs ecCodes anyway, so one
	 * environment serves both.
	 */
	client: [
		"polytope-client==0.7.10",
		"earthkit-data==1.3.0",
		"eccodes==2.50.0",
		"covjsonkit==0.2.26",
		"covjson-pydantic==0.8.0",
		"zarr==3.1.6",
	],
	/** The reference implementation of features on a real FDB: what benchmarks stand beside. */
	reference: [
		"polytope-python==2.1.20",
		"polytope-mars==0.3.14",
		"covjsonkit==0.2.26",
		"pyfdb==5.25.0.33",
		"fdb5lib==5.25.0.33",
		"pygribjump==0.13.1.33",
		"gribjumplib==0.13.1.33",
		"eccodes==2.50.0",
	],
} as const satisfies Readonly<Record<string, readonly string[]>>;

/**
 * Path of a Python interpreter that can import what a test names: the one on PATH if it has exactly these
 * versions, else a virtual environment in the user's cache, made on the first call (about half a minute).
 *
 * @throws Error that says what to install, when there is no Python 3.10 or newer.
 */
export function python(
	set: "client" | "eccodes" | "reference" = "client",
): Promise<string> {
	const packages = SETS[set === "eccodes" ? "client" : set];
	let interpreter = found.get(packages);
	if (interpreter === undefined) {
		interpreter = find(packages);
		found.set(packages, interpreter);
	}
	return interpreter;
}

/** The command `polytope` that belongs to {@link python}'s interpreter. */
export async function polytopeCommand(): Promise<string> {
	return join(await python("client"), "../polytope");
}

const found = new Map<readonly string[], Promise<string>>();

async function find(packages: readonly string[]): Promise<string> {
	const system = await findOnPath("python3");
	if (!system)
		throw new Error(
			"Tests need Python 3.10 or newer: install python3 and python3-venv.",
		);
	const facts = await mustRun(system, [
		"-c",
		"import sys; print(sys.prefix, sys.version_info[:3], sep='\\n')",
	]);
	const [prefix = "", version = ""] = facts.split("\n");
	const interpreter = join(prefix, "bin/python3");
	if (await hasPackages(interpreter, packages)) return interpreter;
	const name = `python-${shortHash([version, ...packages])}`;
	const folder = await cached(name, (folder) =>
		build(system, folder, packages),
	);
	return join(folder, "bin/python");
}

/** Short, because scripts in an environment begin with its whole path, and a kernel reads little of that line. */
function shortHash(parts: readonly string[]): string {
	return createHash("sha256")
		.update(parts.join("\n"))
		.digest("hex")
		.slice(0, 12);
}

/** Asks for installed versions only: importing the packages would take a second for each test file. */
async function hasPackages(
	interpreter: string,
	packages: readonly string[],
): Promise<boolean> {
	const check = `
import sys
from importlib.metadata import version
for pin in sys.argv[1:]:
    name, wanted = pin.split("==")
    assert version(name) == wanted
`;
	const { code } = await run(interpreter, ["-c", check, ...packages]);
	return code === 0;
}

async function build(
	system: string,
	folder: string,
	packages: readonly string[],
): Promise<void> {
	await mustRun(system, [
		"-c",
		"import sys; assert sys.version_info >= (3, 10), 'Tests need Python 3.10 or newer'",
	]);
	await makeEnvironment(system, folder);
	await mustRun(
		join(folder, "bin/python"),
		[
			"-m",
			"pip",
			"install",
			"--quiet",
			"--disable-pip-version-check",
			...packages,
		],
		{ timeout: INSTALL_TIMEOUT },
	);
}

/** Debian's python3 comes without the module that makes environments usable. */
async function makeEnvironment(system: string, folder: string): Promise<void> {
	const args = ["-m", "venv", folder];
	const first = await run(system, args);
	if (first.code === 0) return;
	await aptInstall("python3-venv").catch((cause: unknown) => {
		throw new Error(
			`\`python3 -m venv\` does not work: install python3-venv.\n${first.stdout}${first.stderr}`,
			{ cause },
		);
	});
	await mustRun(system, args);
}
