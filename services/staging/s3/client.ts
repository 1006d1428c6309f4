import {
	type ClientRequest,
	Agent as HttpAgent,
	type IncomingMessage,
	type RequestOptions,
	request as requestHttp,
} from "node:http";
import { Agent as HttpsAgent, request as requestHttps } from "node:https";
import { Client, type ClientOptions } from "minio";
import type { S3Address } from "../../platform/s3-address.ts";

export interface S3Credentials {
	readonly accessKey: string;
	readonly secretKey: string;
}

/** Milliseconds without an answer after which the server counts as away. */
const SILENT_MS = 15_000;
/** The same while the server joins the parts of an upload: some copy them. */
const JOINING_MS = 10 * 60_000;

/** What was stored of one part of an upload. */
export interface StoredPart {
	readonly number: number;
	readonly etag: string;
	readonly size: number;
	/** Milliseconds since 1970. */
	readonly storedAt: number;
}

/**
 * The npm client, with what it lacks: a server that says nothing is given up, nothing is tried again behind our back (it
 * prints when it does), and the parts of an upload can be listed.
 */
export class S3Client extends Client implements Disposable {
	readonly #agent: HttpAgent;

	constructor(
		{ host, port, tls, region }: S3Address,
		{ accessKey, secretKey }: S3Credentials,
	) {
		const agent = tls
			? new HttpsAgent({ keepAlive: true })
			: new HttpAgent({ keepAlive: true });
		super({
			endPoint: host,
			port,
			useSSL: tls,
			region,
			accessKey,
			secretKey,
			pathStyle: true,
			retryOptions: { disableRetry: true },
			transport: impatient(tls),
			transportAgent: agent,
		});
		this.#agent = agent;
	}

	/** All parts that have arrived, in order. */
	async partsOf(
		bucket: string,
		name: string,
		uploadId: string,
	): Promise<StoredPart[]> {
		const parts = await this.listParts(bucket, name, uploadId);
		return parts.map(({ part, etag, size, lastModified }) => ({
			number: part,
			etag,
			size,
			storedAt: lastModified?.getTime() ?? 0,
		}));
	}

	[Symbol.dispose](): void {
		this.#agent.destroy();
	}
}

/** Requests that fail when no answer comes in time. Once it has begun, its pace is the reader's. */
function impatient(tls: boolean): NonNullable<ClientOptions["transport"]> {
	function request(options: Where, answered?: Answered): ClientRequest;
	function request(
		url: string | URL,
		options: RequestOptions,
		answered?: Answered,
	): ClientRequest;
	function request(
		options: Where,
		second?: RequestOptions | Answered,
	): ClientRequest {
		if (typeof second === "object")
			throw new Error(
				"the S3 client calls `request` in another way than known",
			);
		const sent = tls
			? requestHttps(options, second)
			: requestHttp(options, second);
		const joining = sent.method === "POST" && sent.path.includes("uploadId=");
		const patienceMs = joining ? JOINING_MS : SILENT_MS;
		sent.setTimeout(patienceMs, () => sent.destroy(silent(patienceMs)));
		sent.once("response", () => sent.setTimeout(0));
		return sent;
	}
	return { request };
}

type Where = RequestOptions | string | URL;
type Answered = (response: IncomingMessage) => void;

const silent = (ms: number): Error =>
	Object.assign(new Error(`no answer within ${ms} ms`), {
		code: "ETIMEDOUT",
	});
