import { connect, createServer, type Socket } from "node:net";

/** A TCP connection to somewhere else that can be cut or go dead, as cables do. */
export interface Cable extends AsyncDisposable {
	readonly url: string;
	/** All connections are reset; new ones are taken. */
	cut(): void;
	/** Nothing passes any more, and nobody is told. */
	freeze(): void;
}

/** @param target `http://host:port` at the other end */
export async function openCable(target: string): Promise<Cable> {
	const { hostname, port } = new URL(target);
	const sockets = new Set<Socket>();
	const server = createServer((near) => {
		const far = connect(Number(port), hostname);
		for (const [one, other] of [
			[near, far],
			[far, near],
		] as const) {
			sockets.add(one);
			one.setNoDelay(true);
			one.on("error", () => other.destroy());
			one.on("close", () => {
				sockets.delete(one);
				other.destroy();
			});
			one.pipe(other);
		}
	});
	await new Promise<void>((resolve) =>
		server.listen(0, "127.0.0.1", () => resolve()),
	);
	const address = server.address();
	if (address === null || typeof address === "string")
		throw new Error("no port");
	const cut = (): void => {
		for (const socket of sockets) socket.resetAndDestroy();
	};
	return {
		url: `http://127.0.0.1:${address.port}`,
		cut,
		freeze() {
			for (const socket of sockets) socket.unpipe();
			for (const socket of sockets) socket.pause();
		},
		async [Symbol.asyncDispose]() {
			cut();
			await new Promise((resolve) => server.close(resolve));
		},
	};
}
