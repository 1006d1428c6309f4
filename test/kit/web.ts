import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import {
	createServer,
	type IncomingMessage,
	type ServerResponse,
} from "node:http";
import { join } from "node:path";

/** Answers a request in another way than usual: true when it did. */
export type Instead = (
	request: IncomingMessage,
	response: ServerResponse,
) => boolean | undefined;

/** A web server of a test's own that serves the files of a folder, by ranges too, with tags of their contents. */
export interface WebServer extends AsyncDisposable {
	/** `http://127.0.0.1:PORT`. */
	readonly url: string;
	/** Each request: its path and its range. */
	readonly asked: string[];
	/** Requests under way at the same time, at most. */
	most: number;
	/** Requests that are under way. */
	open: number;
	instead: Instead;
}

export async function serveFolder(folder: string): Promise<WebServer> {
	const server = createServer((request, response) => {
		const path = request.url ?? "";
		web.asked.push(`${path} ${request.headers.range ?? "all"}`);
		web.open++;
		web.most = Math.max(web.most, web.open);
		response.on("close", () => web.open--);
		// A turn later, so that requests sent at the same time are here at the same time.
		setImmediate(() => {
			if (!web.instead(request, response))
				void answer(join(folder, path.split("?")[0] ?? ""), request, response);
		});
	});
	await new Promise<void>((resolve) =>
		server.listen(0, "127.0.0.1", () => resolve()),
	);
	const address = server.address();
	if (address === null || typeof address === "string")
		throw new Error("no port");
	const web: WebServer = {
		url: `http://127.0.0.1:${address.port}`,
		asked: [],
		most: 0,
		open: 0,
		instead: () => false,
		async [Symbol.asyncDispose]() {
			server.closeAllConnections();
			await new Promise((resolve) => server.close(resolve));
		},
	};
	return web;
}

async function answer(
	path: string,
	{ headers }: IncomingMessage,
	response: ServerResponse,
): Promise<void> {
	const bytes = await readFile(path).catch(() => undefined);
	if (bytes === undefined) {
		response.writeHead(404).end();
		return;
	}
	const etag = `"${createHash("sha1").update(bytes).digest("hex")}"`;
	if (headers["if-match"] !== undefined && headers["if-match"] !== etag) {
		response.writeHead(412).end();
		return;
	}
	const [, start, end] = /bytes=(\d+)-(\d+)/.exec(headers.range ?? "") ?? [];
	if (start === undefined) {
		response.writeHead(200, { etag }).end(bytes);
		return;
	}
	if (Number(start) >= bytes.length) {
		response
			.writeHead(416, { "content-range": `bytes */${bytes.length}`, etag })
			.end();
		return;
	}
	const last = Math.min(Number(end), bytes.length - 1);
	response
		.writeHead(206, {
			etag,
			"content-range": `bytes ${start}-${last}/${bytes.length}`,
		})
		.end(bytes.subarray(Number(start), last + 1));
}
