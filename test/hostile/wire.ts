import { request } from "node:http";
import { connect } from "node:net";
import { setTimeout as pause } from "node:timers/promises";

/** What came back, as bytes on the wire said it. */
export interface Answer {
	readonly status: number;
	readonly type: string;
	readonly body: string;
}

export interface Ask {
	readonly method?: string;
	/** Sent as it stands: nothing is normalised or escaped. */
	readonly path: string;
	readonly headers?: Readonly<Record<string, string | readonly string[]>>;
	readonly body?: string | Buffer;
}

/** Sends one request through Node's HTTP client, which leaves the path alone. */
export function ask(
	url: string,
	{ method = "GET", path, headers = {}, body }: Ask,
): Promise<Answer> {
	const { hostname, port } = new URL(url);
	const sent = Object.fromEntries(
		Object.entries(headers).map(([name, value]) => [
			name,
			typeof value === "string" ? value : [...value],
		]),
	);
	return new Promise((resolve, reject) => {
		const outgoing = request(
			{ hostname, port, method, path, headers: sent, agent: false },
			(response) => {
				const chunks: Buffer[] = [];
				response.on("data", (chunk: Buffer) => chunks.push(chunk));
				response.on("error", reject);
				response.on("end", () =>
					resolve({
						status: response.statusCode ?? 0,
						type: response.headers["content-type"] ?? "",
						body: Buffer.concat(chunks).toString(),
					}),
				);
			},
		);
		outgoing.on("error", reject);
		outgoing.end(body);
	});
}

/** A piece of what is sent on a bare socket, or how many milliseconds of silence. */
export type Piece = string | Buffer | number;

/** Sends pieces on a bare socket and gives all that comes back until the other side closes. */
export async function speak(
	url: string,
	pieces: readonly Piece[],
	half = false,
): Promise<string> {
	const { hostname, port } = new URL(url);
	const socket = connect({
		host: hostname,
		port: Number(port),
		allowHalfOpen: true,
	});
	let heard = "";
	socket.setEncoding("latin1").on("data", (text: string) => {
		heard += text;
	});
	// A reset after the answer is the server's right: what was heard counts.
	socket.on("error", () => {});
	const closed = new Promise<void>((resolve) => {
		socket.once("end", resolve).once("close", () => resolve());
	});
	for (const piece of pieces) {
		if (typeof piece === "number") await pause(piece);
		else if (socket.writable) socket.write(piece);
	}
	if (half) socket.end();
	await closed;
	socket.destroy();
	return heard;
}

/** The answers in what was heard on a bare socket, by their Content-Length. */
export function answersIn(heard: string): Answer[] {
	const answers: Answer[] = [];
	for (let rest = heard; rest !== ""; ) {
		const end = rest.indexOf("\r\n\r\n");
		const head = rest.slice(0, end);
		const status = /^HTTP\/1\.1 (\d{3}) /.exec(head)?.[1];
		if (end < 0 || status === undefined)
			throw new Error(`no answer: ${JSON.stringify(rest)}`);
		const length = Number(/^content-length: (\d+)$/im.exec(head)?.[1] ?? 0);
		const body = rest.slice(end + 4, end + 4 + length);
		const type = /^content-type: (.*)$/im.exec(head)?.[1] ?? "";
		answers.push({ status: Number(status), type, body });
		rest = rest.slice(end + 4 + length);
	}
	return answers;
}
