import { setTimeout as wait } from "node:timers/promises";

/** Octets of an object, by HTTP. */
export interface RangeRequest {
	/** For people: the URL without its query, which may hold a secret. */
	readonly name: string;
	/** Where it is to be had now: presigned URLs hold for a while only. */
	readonly url: () => string | Promise<string>;
	readonly offset: number;
	readonly length: number;
	/** The object's tag: an object with another one is not the one that was opened. */
	readonly etag?: string | undefined;
	/** When it was changed last, in milliseconds since 1970, whole seconds: looked at where no tags can be compared. */
	readonly modified?: number | undefined;
	readonly pauses: readonly number[];
	readonly patience: number;
	readonly signal?: AbortSignal | undefined;
}

/** What came: fewer octets than asked for at the object's end. */
export interface RangeAnswer {
	readonly bytes: Uint8Array;
	/** Octets of the whole object. */
	readonly size: number;
	readonly etag: string | undefined;
	/** Milliseconds since 1970. */
	readonly modified: number | undefined;
}

/** What the answer says, where more follows from it than that nothing was read. */
export type RemoteFault = "changed" | "absent" | "denied";

/** An object in a store that cannot be read, and why; its octets are not what is wrong. */
export class RemoteError extends Error {
	override readonly name = "RemoteError";
	/** Whether another try may help. */
	readonly temporary: boolean;
	readonly fault: RemoteFault | undefined;

	constructor(
		message: string,
		temporary: boolean,
		more: { readonly fault?: RemoteFault; readonly cause?: unknown } = {},
	) {
		super(message, more.cause === undefined ? undefined : more);
		this.temporary = temporary;
		this.fault = more.fault;
	}
}

/** Reads a range; failures that may pass (5xx, 408, 429, lost connections) are tried again after each of the pauses. */
export async function readRange(request: RangeRequest): Promise<RangeAnswer> {
	const { name, signal } = request;
	for (let failures = 0; ; failures++) {
		try {
			return await attempt(request);
		} catch (cause) {
			signal?.throwIfAborted();
			const error =
				cause instanceof RemoteError
					? cause
					: new RemoteError(`${name} cannot be read: ${why(cause)}`, true, {
							cause,
						});
			const pause = request.pauses[failures];
			if (!error.temporary || pause === undefined) throw error;
			// Up to a half longer, so that many that failed together do not come again together.
			await wait(pause * (1 + Math.random() / 2), undefined, { signal });
		}
	}
}

/** fetch says "fetch failed", and only its cause what failed. */
function why(cause: unknown): string {
	if (!(cause instanceof Error)) return String(cause);
	return cause.cause instanceof Error
		? `${cause.message}: ${cause.cause.message}`
		: cause.message;
}

async function attempt(request: RangeRequest): Promise<RangeAnswer> {
	const { offset, length, etag, signal, patience } = request;
	const enough = AbortSignal.timeout(patience);
	const response = await fetch(await request.url(), {
		redirect: "manual",
		signal: signal ? AbortSignal.any([signal, enough]) : enough,
		headers: {
			range: `bytes=${offset}-${offset + length - 1}`,
			// Octets as they lie there: a range of a compressed form is a range of something else.
			"accept-encoding": "identity",
			...(etag !== undefined && strong(etag) && { "if-match": etag }),
		},
	});
	try {
		const answer = checked(request, response);
		const bytes = new Uint8Array(answer.length);
		await fill(request, response, bytes);
		return { ...answer.facts, bytes };
	} finally {
		if (!response.bodyUsed) await response.body?.cancel();
	}
}

/** A weak tag does not promise the same octets, and a server must not match it (RFC 9110, 13.1.1). */
const strong = (etag: string): boolean => !etag.startsWith("W/");

function checked(request: RangeRequest, response: Response) {
	const { name, offset, length } = request;
	const { status, headers } = response;
	const said = headers.get("content-range") ?? "";
	if (status === 416 && /^bytes \*\/0$/.test(said))
		return { length: 0, facts: { size: 0, ...factsIn(headers) } };
	if (status === 200)
		throw new RemoteError(
			`${name}: the server sends the whole object where a range is asked for; only servers that honour Range can be read from`,
			false,
		);
	if (status === 412) throw changed(name);
	if (status !== 206) throw refused(name, status);
	const [, start, end, size] = /^bytes (\d+)-(\d+)\/(\d+)$/.exec(said) ?? [];
	if (start === undefined || Number(start) !== offset)
		throw new RemoteError(
			`${name}: a range was asked for, '${said}' came`,
			false,
		);
	const facts = factsIn(headers);
	if (isOther(request, facts)) throw changed(name);
	const got = Number(end) + 1 - offset;
	if (got > length)
		throw new RemoteError(`${name}: more came than was asked for`, false);
	return { length: got, facts: { size: Number(size), ...facts } };
}

function factsIn(headers: Headers) {
	const modified = Date.parse(headers.get("last-modified") ?? "");
	return {
		etag: headers.get("etag") ?? undefined,
		modified: Number.isNaN(modified) ? undefined : modified,
	};
}

/** Of copies of an object with the same tag each may say another time. */
function isOther(
	{ etag, modified }: Pick<RangeRequest, "etag" | "modified">,
	now: Pick<RangeAnswer, "etag" | "modified">,
): boolean {
	if (etag !== undefined && now.etag !== undefined) return etag !== now.etag;
	return (
		modified !== undefined &&
		now.modified !== undefined &&
		modified !== now.modified
	);
}

function refused(name: string, status: number): RemoteError {
	const temporary = status >= 500 || status === 408 || status === 429;
	const text = `${name} answered ${status}`;
	if (status >= 300 && status < 400)
		return new RemoteError(
			`${text}, a redirect: name the URL that it leads to`,
			temporary,
		);
	if (status === 404 || status === 410)
		return new RemoteError(text, temporary, { fault: "absent" });
	if (status === 401 || status === 403)
		return new RemoteError(
			`${text}, access denied (S3 says so too of what is absent, where the bucket may not be listed)`,
			temporary,
			{ fault: "denied" },
		);
	return new RemoteError(text, temporary);
}

/** Octets of two versions never come together. */
export function changed(name: string): RemoteError {
	return new RemoteError(`${name} has changed since it was opened`, false, {
		fault: "changed",
	});
}

async function fill(
	{ name }: RangeRequest,
	response: Response,
	bytes: Uint8Array,
): Promise<void> {
	let at = 0;
	for await (const chunk of response.body ?? []) {
		// Leaving the loop cancels the body.
		if (at + chunk.length > bytes.length)
			throw new RemoteError(`${name}: more came than was said`, false);
		bytes.set(chunk, at);
		at += chunk.length;
	}
	if (at < bytes.length)
		throw new RemoteError(`${name}: the connection ended too early`, true);
}
