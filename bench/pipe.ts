import { fork } from "node:child_process";
import { once } from "node:events";
import { createReadStream, statSync } from "node:fs";
import { createServer } from "node:http";

/** A process that serves one file over HTTP and does nothing else. */
export interface BareServer extends AsyncDisposable {
	readonly url: string;
}

export async function serveBare(file: string): Promise<BareServer> {
	const child = fork(import.meta.filename, [file]);
	const [port] = await once(child, "message");
	return {
		url: `http://127.0.0.1:${port}/`,
		async [Symbol.asyncDispose]() {
			const ended = once(child, "exit");
			child.kill("SIGKILL");
			await ended;
		},
	};
}

if (process.argv[1] === import.meta.filename) {
	const file = process.argv[2] ?? "";
	const server = createServer((_, response) => {
		response.writeHead(200, { "content-length": statSync(file).size });
		createReadStream(file).pipe(response);
	});
	server.listen(0, "127.0.0.1", () => {
		const address = server.address();
		if (typeof address === "object" && address !== null)
			process.send?.(address.port);
	});
}
