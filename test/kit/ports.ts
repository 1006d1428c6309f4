import { once } from "node:events";
import { createServer, type Server } from "node:net";

/** So many ports of loopback that nobody listens on at the moment, all different. */
export async function freePorts(count: number): Promise<number[]> {
	const servers = Array.from({ length: count }, () =>
		createServer().listen(0, "127.0.0.1"),
	);
	await Promise.all(
		servers.map((server) => server.listening || once(server, "listening")),
	);
	const ports = servers.map(portOf);
	await Promise.all(
		servers.map((server) => {
			const closed = once(server, "close");
			server.close();
			return closed;
		}),
	);
	return ports;
}

export async function freePort(): Promise<number> {
	const [port = 0] = await freePorts(1);
	return port;
}

function portOf(server: Server): number {
	const address = server.address();
	if (address === null || typeof address === "string")
		throw new Error("no free port");
	return address.port;
}
