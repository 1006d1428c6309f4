import { randomUUID } from "node:crypto";
import { z } from "zod";

/** A client behind a balancer: what a broken connection cost is asked for again, nothing else is. */
export interface Patron {
	/** Submits a request, waits for it, and gives the bytes of its result. @throws Error of any answer that is not right */
	retrieve(collection: string, request: unknown): Promise<Buffer>;
	/** How many results it has got. */
	done(): number;
	/** How often a connection broke. */
	broken(): number;
}

/** How often in a row a connection may break, and milliseconds in between. */
const TRIES = 100;
const PAUSE_MS = 50;

const message = z.object({ message: z.string() });

export function openPatron(url: string, key = "demo-key"): Patron {
	let done = 0;
	let broken = 0;

	/** One exchange to its last byte; every connection is new, so that gateways share the work. */
	const ask = async (
		target: string,
		init: RequestInit = {},
	): Promise<{ response: Response; body: Buffer }> => {
		for (let left = TRIES; ; left -= 1) {
			try {
				const response = await fetch(target, {
					redirect: "manual",
					...init,
					headers: { connection: "close", ...init.headers },
				});
				return { response, body: Buffer.from(await response.arrayBuffer()) };
			} catch (reason) {
				broken += 1;
				if (left === 0) throw reason;
				await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
			}
		}
	};
	const authorization = `Bearer ${key}`;
	const submit = async (collection: string, request: unknown) => {
		const { response, body } = await ask(
			`${url}/api/v1/requests/${collection}`,
			{
				method: "POST",
				headers: {
					authorization,
					"content-type": "application/json",
					"idempotency-key": randomUUID(),
				},
				body: JSON.stringify({ verb: "retrieve", request }),
			},
		);
		if (response.status !== 202) throw wrong("submission", response, body);
		return response.headers.get("location") ?? "";
	};
	const result = async (location: string): Promise<string> => {
		for (;;) {
			const { response, body } = await ask(`${location}?wait=20`, {
				headers: { authorization },
			});
			if (response.status === 303)
				return response.headers.get("location") ?? "";
			if (response.status !== 202) throw wrong("poll", response, body);
		}
	};
	return {
		done: () => done,
		broken: () => broken,
		async retrieve(collection, request) {
			const location = await result(await submit(collection, request));
			const { response, body } = await ask(location);
			if (response.status !== 200) throw wrong("download", response, body);
			done += 1;
			return body;
		},
	};
}

const wrong = (what: string, response: Response, body: Buffer): Error =>
	new Error(
		`a ${what} was answered ${response.status}: ${message.safeParse(JSON.parse(body.toString() || "{}")).data?.message ?? body}`,
	);
