import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
	chmod,
	chown,
	mkdir,
	mkdtemp,
	readFile,
	rm,
	stat,
	writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

const PARENT = join(import.meta.dirname, "fixtures", "parent.ts");
/** A user id that has no name anywhere. */
const NAMELESS = 45_678;

/** Only root can become others, and only where others may read this source. */
const mayBecomeOthers =
	process.getuid?.() === 0 &&
	spawnSync("test", ["-r", PARENT], { uid: NAMELESS }).status === 0;

let root: string;

beforeEach(async () => {
	root = await mkdtemp(join(tmpdir(), "guise-"));
});
afterEach(async () => {
	await rm(root, {
		recursive: true,
		force: true,
		maxRetries: 20,
		retryDelay: 50,
	});
});

/** Opens the database in a process of that user, and gives what that process says: ready, or its error. */
async function open(
	folder: string,
	user: { uid?: number; namespaces?: boolean },
): Promise<string> {
	const { uid = 0, namespaces = true } = user;
	// An `unshare` that fails is what a kernel without user namespaces looks like.
	const bin = join(root, "bin");
	await mkdir(bin, { recursive: true });
	await writeFile(join(bin, "unshare"), "#!/bin/sh\nexit 1\n", { mode: 0o755 });
	const path = namespaces ? process.env.PATH : `${bin}:${process.env.PATH}`;
	const parent = spawn(process.execPath, [PARENT, folder], {
		uid,
		gid: uid,
		env: { ...process.env, PATH: path },
		stdio: ["ignore", "pipe", "pipe"],
	});
	let said = "";
	for (const stream of [parent.stdout, parent.stderr])
		stream.on("data", (text: Buffer) => {
			said += text.toString();
			if (said.startsWith("ready")) parent.kill("SIGKILL");
		});
	await once(parent, "close");
	return said;
}

describe.runIf(mayBecomeOthers)("PostgreSQL runs", () => {
	beforeEach(async () => {
		await chown(root, NAMELESS, NAMELESS);
		await chmod(root, 0o755);
	});

	test("for root, who keeps the files, in a namespace", async () => {
		const folder = join(root, "data");
		expect(await open(folder, {})).toBe("ready\n");
		expect((await stat(join(folder, "cluster"))).uid).toBe(0);
	});

	test("for root as another user where namespaces are forbidden; and back", async () => {
		const folder = join(root, "data");
		await open(folder, {});
		await open(folder, { namespaces: false });
		expect((await stat(join(folder, "cluster"))).uid).not.toBe(0);
		await open(folder, {});
		expect((await stat(join(folder, "cluster", "PG_VERSION"))).uid).toBe(0);
	});

	test("for a user without a name", async () => {
		const folder = join(root, "data");
		expect(await open(folder, { uid: NAMELESS })).toBe("ready\n");
		expect((await stat(join(folder, "cluster"))).uid).toBe(NAMELESS);
	});

	test("for root in a private folder of somebody else, as its owner", async () => {
		const home = join(root, "home");
		await mkdir(home, { mode: 0o700 });
		const owner = await idOf("nobody");
		await chown(home, owner, owner);
		expect(await open(join(home, "data"), {})).toBe("ready\n");
		expect((await stat(join(home, "data", "cluster"))).uid).toBe(owner);
	});

	test("or says what to do", async () => {
		expect(
			await open(join(root, "one"), { uid: NAMELESS, namespaces: false }),
		).toContain("run as a user with a name");
		const secret = join(root, "secret");
		await mkdir(secret, { mode: 0o700 });
		expect(await open(join(secret, "two"), { namespaces: false })).toContain(
			`no other user may enter both ${secret}/two and`,
		);
	});
});

async function idOf(name: string): Promise<number> {
	const users = await readFile("/etc/passwd", "utf8");
	return Number(users.match(new RegExp(`^${name}:[^:]*:(\\d+)`, "m"))?.[1]);
}
