import { createHash } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { Readable } from "node:stream";
import type { Request } from "../gen/polytope/store/v1/store_pb.js";
import { effectiveLimit } from "../services/collections/collection.ts";
import type { User } from "../services/collections/user.ts";
import { faultOf } from "../services/platform/faults.ts";
import type { Door } from "./context.ts";
import { Problem } from "./problem.ts";

/** What the headers of an upload say of it. */
export interface Announced {
	/** MD5, lower-case hexadecimal. */
	readonly checksum: string;
	/** Bytes; undefined when it comes in chunks. */
	readonly length: number | undefined;
}

/**
 * Reads the headers of an upload, before its body.
 *
 * @param most bytes that it may have
 * @throws Problem 400, 413
 */
export function announcedUpload(
	{ headers }: IncomingMessage,
	most: number,
): Announced {
	const checksum = headers["x-checksum"];
	if (typeof checksum !== "string" || !/^[0-9a-f]{32}$/i.test(checksum))
		throw new Problem(
			400,
			"The header 'X-Checksum' must be the MD5 of the data, 32 hexadecimal digits",
		);
	const text = headers["content-length"];
	const length = text === undefined ? undefined : Number(text);
	if (length !== undefined && length > most) throw tooLarge(most);
	return { checksum: checksum.toLowerCase(), length };
}

const tooLarge = (most: number): Problem =>
	new Problem(413, `The data is larger than ${most} bytes`);

/** What still comes is not waited for. */
const tooLate = (ms: number): Problem =>
	new Problem(400, `The upload took longer than ${Math.round(ms / 1000)} s`, {
		connection: "close",
	});

export interface Receiving {
	readonly user: User;
	readonly id: string;
	readonly announced: Announced;
	/** The bytes; of a request without a body there are none. */
	readonly body: Readable | undefined;
}

/**
 * Moves the body into staging as it comes, and lets the request wait for its turn. After a failure the request goes on
 * waiting for its data, and the rest of the body is read and thrown away: a client that is cut off while it sends sees
 * no answer, and tries again for minutes.
 *
 * @throws Problem
 */
export async function receiveUpload(
	door: Door,
	{ user, id, announced, body }: Receiving,
): Promise<Request> {
	const { staging, store, options } = door;
	const { stagingKey: key } = await store.beginUpload({ id, userId: user.id });
	const most = options.archive.size;
	const { checksum } = announced;
	const { timeout } = options.archive;
	const begun = performance.now();
	const data = limited(body, most);
	let ending = false;
	try {
		await staging.begin({
			key,
			mediaType: "application/octet-stream",
			fileName: `${id}.bin`,
			expectedLength: BigInt(announced.length ?? 0),
		});
		const md5 = createHash("md5");
		const chunks = messages(key, data.chunks(), (chunk) => md5.update(chunk));
		const { length, sha256 } = await staging.write(chunks, {
			timeoutMs: timeout,
		});
		if (length === 0n) throw new Problem(400, "There is no data in the body");
		if (md5.digest("hex") !== checksum)
			throw new Problem(
				400,
				"Uploaded data checksum does not agree with header X-Checksum",
			);
		await staging.commit({ key, length, sha256 }, { timeoutMs: timeout });
		const input = { key, length, sha256, md5: checksum };
		ending = true;
		return await ended(door, user, id, input);
	} catch (reason) {
		body?.resume();
		// An end whose answer was lost may have been made: what is then needed must not be thrown away here.
		if (!ending || faultOf(reason)?.name === "CONFLICT")
			await throwAway(door, id, key);
		if (body?.errored)
			throw new Problem(400, "The body ended before it was whole");
		// A stream that fails on our side comes back as a fault of the call that it was handed to.
		if (data.tooLarge()) throw tooLarge(most);
		if (performance.now() - begun >= timeout) throw tooLate(timeout);
		throw reason;
	}
}

async function ended(
	{ store, collections }: Door,
	user: User,
	id: string,
	input: { key: string; length: bigint; sha256: string; md5: string },
): Promise<Request> {
	const { request: found } = await store.get({ id });
	const collection = collections.get(found?.collection ?? "");
	const { request } = await store.endUpload({
		id,
		userId: user.id,
		input,
		laneLimit: effectiveLimit(collection?.limits ?? {}, user),
	});
	if (request === undefined) throw new Error("the store ended no upload");
	return request;
}

/** What is not thrown away here is found by the collector. */
async function throwAway(
	{ staging, log }: Door,
	id: string,
	key: string,
): Promise<void> {
	try {
		await staging.abort({ key });
		await staging.delete({ keys: [key] });
	} catch (reason) {
		if (faultOf(reason) === undefined) throw reason;
		log.warn(
			{ event: "upload.stays", requestId: id, err: reason },
			"a broken upload stays in staging for now",
		);
	}
}

/** The bytes of a body, up to a bound. */
function limited(body: Readable | undefined, most: number) {
	let length = 0;
	return {
		tooLarge: () => length > most,
		async *chunks(): AsyncGenerator<Uint8Array> {
			if (body === undefined) return;
			// The stream outlives the loop: what is left of it is thrown away by `resume`.
			for await (const chunk of body.iterator({ destroyOnReturn: false })) {
				if (!Buffer.isBuffer(chunk))
					throw new Error("a body that is not bytes");
				length += chunk.length;
				if (length > most) throw tooLarge(most);
				yield chunk;
			}
		},
	};
}

async function* messages(
	key: string,
	chunks: AsyncIterable<Uint8Array>,
	onChunk: (chunk: Uint8Array) => void,
) {
	yield { key };
	for await (const chunk of chunks) {
		onChunk(chunk);
		yield { chunk };
	}
}
