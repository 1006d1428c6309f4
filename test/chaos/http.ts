import { createHash } from "node:crypto";
import { Agent, request as ask } from "node:http";
import { z } from "zod";
import type { Journal } from "./journal.ts";

/** An answer, its body hashed and, while it is short, kept. */
export interface Answer {
	readonly code: number;
	readonly location: string;
	readonly text: string;
	readonly sha256: string;
}

export interface Asked {
	readonly method?: string;
	readonly headers?: Readonly<Record<string, string>>;
	readonly body?: string | Uint8Array;
	readonly timeoutMs: number;
}

/** Asks once; undefined when no whole answer came: refused, cut off, too late. */
export type Ask = (url: string, asked: Asked) => Promise<Answer | undefined>;

const KEPT = 64 * 1024;

/** An HTTP client on connections that it keeps, as real ones do; disposing closes them. */
export function openHttp(journal: Journal): { ask: Ask } & Disposable {
	const agent = new Agent({ keepAlive: true });
	return {
		async ask(url, asked) {
			try {
				const answer = await once(agent, url, asked);
				journal.count(`answer.${answer.code}`);
				return answer;
			} catch (reason) {
				const known =
					reason instanceof Error && "code" in reason ? reason.code : reason;
				journal.count(`broken.${known}`);
				return undefined;
			}
		},
		[Symbol.dispose]: () => agent.destroy(),
	};
}

function once(agent: Agent, url: string, asked: Asked): Promise<Answer> {
	return new Promise((resolve, reject) => {
		const signal = AbortSignal.timeout(asked.timeoutMs);
		const { method = "GET", headers = {}, body } = asked;
		const length =
			body === undefined
				? {}
				: { "content-length": `${Buffer.byteLength(body)}` };
		const sent = ask(
			url,
			{ agent, method, signal, headers: { ...headers, ...length } },
			(response) => {
				const hash = createHash("sha256");
				const kept: Buffer[] = [];
				let size = 0;
				response.on("data", (chunk: Buffer) => {
					hash.update(chunk);
					size += chunk.length;
					if (size <= KEPT) kept.push(chunk);
				});
				response.once("error", reject);
				response.once("end", () => {
					const announced = response.headers["content-length"];
					if (announced !== undefined && Number(announced) !== size)
						return reject(new Error("cut"));
					resolve({
						code: response.statusCode ?? 0,
						location: response.headers.location ?? "",
						text: Buffer.concat(kept).toString(),
						sha256: hash.digest("hex"),
					});
				});
			},
		);
		sent.once("error", reject);
		sent.end(body);
	});
}

const said = z.object({ message: z.string(), status: z.string().optional() });

/** What the body of an answer of the gateway says. @throws when it is not what every client understands */
export const saidIn = ({ text }: Answer): z.infer<typeof said> =>
	said.parse(JSON.parse(text));
