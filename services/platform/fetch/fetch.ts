import { lookup as resolve } from "node:dns";
import type { IncomingMessage, RequestOptions } from "node:http";
import * as http from "node:http";
import * as https from "node:https";
import type { LookupFunction } from "node:net";
import { isReachable } from "./addresses.ts";
import { type FetchRules, PRIVATE, whyNotFetched } from "./rules.ts";

/** Why data could not be fetched; the message is for whoever asked for it. */
export class FetchError extends Error {
	override readonly name = "FetchError";
	/** The other side, or the way to it, may be better later. */
	readonly temporary: boolean;

	constructor(message: string, temporary = false) {
		super(message);
		this.temporary = temporary;
	}
}

export interface FetchOptions {
	readonly rules: FetchRules;
	/** Bytes that it may have at most. */
	readonly size: number;
	/** Milliseconds that all of it may take. */
	readonly timeout: number;
	readonly signal: AbortSignal;
}

export interface Fetched {
	/** Bytes, when the other side says. */
	readonly length?: number;
	readonly stream: AsyncIterable<Uint8Array>;
}

const MOST_REDIRECTS = 5;
/** Milliseconds without a byte after which it is given up. */
const SILENCE_MS = 60_000;

/**
 * Fetches what lies at a URL. The rules hold for every redirect too, and the addresses that are looked up are the ones
 * that are connected to: a name that means another address the next moment gains nothing.
 *
 * @throws {FetchError} also out of the stream
 * @throws the signal's reason
 */
export async function openUrl(
	text: string,
	options: FetchOptions,
): Promise<Fetched> {
	const late = AbortSignal.timeout(Math.min(options.timeout, 2 ** 31 - 1));
	const signal = AbortSignal.any([options.signal, late]);
	const explain = (reason: unknown): unknown => {
		if (options.signal.aborted) return options.signal.reason;
		if (reason instanceof FetchError) return reason;
		const seconds = Math.round(options.timeout / 1000);
		return late.aborted
			? failed(text, `it took longer than ${seconds} s`)
			: failed(text, whyOf(reason), true);
	};
	try {
		const response = await follow(text, options.rules, signal);
		const length = lengthOf(response);
		if (length !== undefined && length > options.size)
			throw discarding(response, tooLarge(text, options.size));
		const stream = limited(text, response, options.size, explain);
		return length === undefined ? { stream } : { length, stream };
	} catch (reason) {
		throw explain(reason);
	}
}

async function follow(
	first: string,
	rules: FetchRules,
	signal: AbortSignal,
): Promise<IncomingMessage> {
	let text = first;
	for (let hop = 0; hop <= MOST_REDIRECTS; hop++) {
		const refused = whyNotFetched(text, rules);
		if (refused !== undefined) throw new FetchError(refused);
		const response = await get(new URL(text), rules, signal);
		const { statusCode = 0, statusMessage, headers } = response;
		if (statusCode === 200) {
			const encoding = headers["content-encoding"] ?? "identity";
			if (encoding === "identity") return response;
			throw discarding(response, failed(first, `it is encoded: ${encoding}`));
		}
		response.destroy();
		const next = [301, 302, 303, 307, 308].includes(statusCode)
			? URL.parse(headers.location ?? "", text)
			: null;
		if (next === null)
			throw failed(
				first,
				`${new URL(text).host} answered ${statusCode} ${statusMessage ?? ""}`.trim(),
				statusCode === 429 || statusCode >= 500,
			);
		text = next.href;
	}
	throw failed(first, `more than ${MOST_REDIRECTS} redirects`);
}

/** One request over a connection of its own, to an address that was checked. */
function get(
	url: URL,
	rules: FetchRules,
	signal: AbortSignal,
): Promise<IncomingMessage> {
	const options: RequestOptions = {
		agent: false,
		lookup: checkedLookup(rules),
		signal,
		headers: { accept: "*/*", "accept-encoding": "identity" },
	};
	const { request } = url.protocol === "https:" ? https : http;
	const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
	const asked = request(url, options, resolve);
	asked.on("error", reject);
	asked.setTimeout(SILENCE_MS, () =>
		asked.destroy(new Error(`silent for ${SILENCE_MS / 1000} s`)),
	);
	asked.end();
	return promise;
}

/** Gives the reachable ones of a name's addresses; to none of the others is a connection made. */
const checkedLookup =
	({ networks }: FetchRules): LookupFunction =>
	(host, options, callback) =>
		resolve(host, { ...options, all: true }, (error, addresses) => {
			if (error) return callback(error, []);
			const good = addresses.filter(({ address }) =>
				isReachable(address, networks),
			);
			const [first] = good;
			if (first === undefined)
				return callback(new FetchError(PRIVATE(host)), []);
			if (options.all) return callback(null, good);
			return callback(null, first.address, first.family);
		});

async function* limited(
	text: string,
	response: IncomingMessage,
	size: number,
	explain: (reason: unknown) => unknown,
): AsyncGenerator<Uint8Array> {
	let length = 0;
	try {
		for await (const chunk of response) {
			if (!Buffer.isBuffer(chunk)) throw new Error("a body that is not bytes");
			length += chunk.length;
			if (length > size) throw tooLarge(text, size);
			yield chunk;
		}
	} catch (reason) {
		throw explain(reason);
	} finally {
		response.destroy();
	}
}

const tooLarge = (text: string, size: number): FetchError =>
	failed(text, `it is larger than the ${size} bytes allowed`);

const failed = (text: string, why: string, temporary = false): FetchError =>
	new FetchError(
		`The data could not be fetched from ${text}: ${why}`,
		temporary,
	);

function discarding(response: IncomingMessage, error: FetchError): FetchError {
	response.destroy();
	return error;
}

const whyOf = (reason: unknown): string =>
	reason instanceof Error ? reason.message : String(reason);

function lengthOf({ headers }: IncomingMessage): number | undefined {
	const text = headers["content-length"];
	return text === undefined ? undefined : Number(text);
}
