import { createHash } from "node:crypto";
import { z } from "zod";
import {
	type RequestRecord,
	requestRecord,
} from "../../gateway/views/request.ts";

const listing = z.object({ message: z.array(requestRecord) });
const answer = z.object({ message: z.string() });

/** How long a request may take in a test; on a busy machine many times what it takes alone. */
const PATIENCE_MS = 40_000;

/** What a poll says. */
export interface Polled {
	/** 202 under way, 303 done, 400 no result, 404 not there. */
	readonly code: number;
	/** `message` of the body; empty with a 303. */
	readonly message: string;
	/** Where the result lies. */
	readonly location: string;
}

/** One user of the public door, speaking plain Polytope v1. */
export interface Caller {
	/** Posts a request; gives its id. @throws Error unless it is accepted. */
	submit(
		collection: string,
		request: unknown,
		headers?: Readonly<Record<string, string>>,
	): Promise<string>;
	/** @param wait seconds that the answer may be held back */
	poll(id: string, wait?: number): Promise<Polled>;
	/** Polls until the request has ended. */
	ended(id: string): Promise<Polled>;
	/** The status code of revoking a request, or `all`. */
	revoke(id: string): Promise<number>;
	list(): Promise<readonly RequestRecord[]>;
	/** The listed request; undefined when it is not listed. */
	record(id: string): Promise<RequestRecord | undefined>;
}

/** @param key of the user, as `Authorization: Bearer` takes it */
export function callerOf(url: string, key = "demo-key"): Caller {
	const ask = (method: string, path: string, init: RequestInit = {}) =>
		fetch(`${url}/api/v1/requests${path}`, {
			method,
			redirect: "manual",
			...init,
			headers: { authorization: `Bearer ${key}`, ...init.headers },
		});
	const list = async (): Promise<readonly RequestRecord[]> =>
		listing.parse(await (await ask("GET", "")).json()).message;
	const poll = async (id: string, wait = 0): Promise<Polled> => {
		const response = await ask("GET", `/${id}?wait=${wait}`);
		const text = await response.text();
		const code = response.status;
		const location = response.headers.get("location") ?? "";
		return {
			code,
			location,
			message: code === 303 ? "" : answer.parse(JSON.parse(text)).message,
		};
	};
	return {
		list,
		poll,
		async submit(collection, request, headers = {}) {
			const response = await ask("POST", `/${collection}`, {
				headers: { "content-type": "application/json", ...headers },
				body: JSON.stringify({ verb: "retrieve", request }),
			});
			const text = await response.text();
			if (response.status !== 202)
				throw new Error(`${collection}: ${response.status} ${text}`);
			return response.headers.get("location")?.split("/").at(-1) ?? "";
		},
		async ended(id) {
			const patience = AbortSignal.timeout(PATIENCE_MS);
			for (;;) {
				const polled = await poll(id, 20);
				if (polled.code !== 202) return polled;
				if (patience.aborted)
					throw new Error(`${id} has not ended: ${polled.message}`);
			}
		},
		async revoke(id) {
			const response = await ask("DELETE", `/${id}`);
			await response.text();
			return response.status;
		},
		record: async (id) => (await list()).find((one) => one.id === id),
	};
}

/** The bytes that lie at a URL. @throws Error unless they are all there. */
export async function download(url: string): Promise<Buffer> {
	const response = await fetch(url);
	const bytes = Buffer.from(await response.arrayBuffer());
	const length = Number(response.headers.get("content-length"));
	if (response.status !== 200 || bytes.length !== length)
		throw new Error(`${url}: ${response.status}, ${bytes.length} of ${length}`);
	return bytes;
}

export const sha256 = (bytes: string | Uint8Array): string =>
	createHash("sha256").update(bytes).digest("hex");
