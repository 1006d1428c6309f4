import { request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import { fault } from "./faults.ts";

/** Milliseconds without any byte moving after which a connection is given up. */
const STALLED_MS = 30_000;
/** Of an error's body, which is XML, this much is read for its code. */
const ERROR_BYTES = 4096;

/** How one PUT ended: the ETag of what was stored, or why not. */
export type PutEnd =
	| { readonly kind: "stored"; readonly etag: string }
	/** The address is not valid, or no longer: ask for another. */
	| { readonly kind: "refused"; readonly why: string }
	/** The other side is away or busy: the same again may help. */
	| { readonly kind: "away"; readonly why: string };

/**
 * Sends bytes that are all at hand with one PUT. Nothing is copied: the chunks must stay as they are until it ends.
 * @throws NOT_FOUND when the upload was aborted, FULL when there is no space; the signal's reason
 */
export function putPart(
	url: string,
	chunks: readonly Uint8Array[],
	signal: AbortSignal,
): Promise<PutEnd> {
	return new Promise((resolve, reject) => {
		const send = url.startsWith("https:") ? requestHttps : requestHttp;
		const length = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
		const request = send(url, {
			method: "PUT",
			signal,
			headers: { "content-length": length },
		});
		request.setTimeout(STALLED_MS, () =>
			request.destroy(new Error(`no byte moved for ${STALLED_MS} ms`)),
		);
		request.on("error", (reason) => {
			if (signal.aborted) reject(signal.reason);
			else resolve({ kind: "away", why: reason.message });
		});
		request.on("response", (response) => {
			let body = "";
			response.setEncoding("latin1");
			response.on("data", (text: string) => {
				if (body.length < ERROR_BYTES) body += text;
			});
			response.on("error", (reason) =>
				resolve({ kind: "away", why: reason.message }),
			);
			response.on("end", () => {
				const etag = response.headers.etag;
				try {
					resolve(judge(response.statusCode ?? 0, etag, body));
				} catch (reason) {
					reject(reason);
				}
			});
		});
		for (const chunk of chunks) request.write(chunk);
		request.end();
	});
}

const FULL =
	/QuotaExceeded|StorageFull|InsufficientCapacity|EntityTooLarge|NoSpace/;

function judge(status: number, etag: string | undefined, body: string): PutEnd {
	if (status === 200 && etag !== undefined) return { kind: "stored", etag };
	const code = /<Code>([^<]{1,100})<\/Code>/.exec(body)?.[1] ?? "";
	const why = `PUT was answered ${status} ${code}`.trim();
	if (status === 507 || FULL.test(code))
		throw fault("FULL", `the object store has no space left (${why})`);
	if (code === "NoSuchUpload")
		throw fault("NOT_FOUND", "the upload was aborted");
	const refused = status >= 400 && status < 500 && status !== 408;
	if (refused && status !== 429) return { kind: "refused", why };
	return { kind: "away", why };
}
