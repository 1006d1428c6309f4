import { once } from "node:events";
import { createServer } from "node:net";

export interface Place {
	readonly host: string;
	readonly port: number;
}

/**
 * Looks whether somebody listens there, so that a start which cannot succeed ends before it has made anything.
 * @throws Error that says what to do when the port is taken
 */
export async function requireFree(place: Place): Promise<void> {
	const server = createServer();
	try {
		server.listen(place);
		await once(server, "listening");
	} catch (reason) {
		throw explained(place, reason);
	}
	server.close();
	await once(server, "close");
}

/** What to do about a port that is taken; any other reason is left as it is. */
export function explained({ host, port }: Place, reason: unknown): unknown {
	const taken =
		reason instanceof Error && "code" in reason && reason.code === "EADDRINUSE";
	if (!taken) return reason;
	return new Error(
		`${host}:${port} is in use by another program; choose another port with --port, or http.port in the configuration`,
		{ cause: reason },
	);
}
