import { once } from "node:events";
import { createServer } from "node:net";

/**
 * Below the ports that systems give to whoever calls out (Linux from 32768, others from 49152): a server that is started
 * again at its port must not find a stranger's connection there.
 */
const FIRST = 15_000;
const LAST = 32_000;
const TRIES = 100;

/** So many ports of loopback that nobody listens on at the moment, all different. */
export async function freePorts(count: number): Promise<number[]> {
	const found = new Set<number>();
	for (let tries = 0; found.size < count; tries += 1) {
		if (tries >= count + TRIES) throw new Error("no free port");
		const port = FIRST + Math.floor(Math.random() * (LAST - FIRST));
		if (await isFree(port)) found.add(port);
	}
	return [...found];
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
