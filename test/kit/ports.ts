import { once } from "node:events";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

/**
 * Below the ports that systems give to whoever calls out (Linux from 32768, others from 49152): a server that is started
 * again at its port must not find a stranger's connection there.
 */
const FIRST = 15_000;
const LAST = 32_000;
const TRIES = 100;
/** A file for each port that was given away, with the process that has it: it may listen there later, or again. */
const GIVEN = join(tmpdir(), `polytope-ports-${process.getuid?.() ?? ""}`);
const ours = new Set<number>();

/** So many ports of loopback that nobody listens on at the moment, all different; no one else is given them meanwhile. */
export async function freePorts(count: number): Promise<number[]> {
	const found: number[] = [];
	for (let tries = 0; found.length < count; tries += 1) {
		if (tries >= count + TRIES) throw new Error("no free port");
		const port = FIRST + Math.floor(Math.random() * (LAST - FIRST));
		if (take(port) && (await isFree(port))) found.push(port);
	}
	return found;
}

export async function freePort(): Promise<number> {
	const [port = 0] = await freePorts(1);
	return port;
}

/** Whether nobody listens on a port of loopback. */
export async function isFree(port: number): Promise<boolean> {
	const server = createServer().listen(port, "127.0.0.1");
	try {
		await once(server, "listening");
	} catch {
		return false;
	}
	const closed = once(server, "close");
	server.close();
	await closed;
	return true;
}

const noteOf = (port: number): string => join(GIVEN, String(port));

/** Whether the port is this process's from now on, until its end. */
function take(port: number): boolean {
	if (ours.size === 0) process.on("exit", giveBack);
	mkdirSync(GIVEN, { recursive: true });
	const note = noteOf(port);
	try {
		if (!isAlive(ownerOf(note))) rmSync(note, { force: true });
		writeFileSync(note, String(process.pid), { flag: "wx" });
	} catch {
		return false;
	}
	ours.add(port);
	return true;
}

/** Undefined: nobody, or it is just being noted. */
function ownerOf(note: string): number | undefined {
	try {
		return Number(readFileSync(note, "utf8"));
	} catch {
		return undefined;
	}
}

function isAlive(pid: number | undefined): boolean {
	if (!pid) return false;
	try {
		return process.kill(pid, 0);
	} catch {
		return false;
	}
}

function giveBack(): void {
	for (const port of ours) rmSync(noteOf(port), { force: true });
}
