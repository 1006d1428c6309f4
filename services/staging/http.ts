import type {
	IncomingMessage,
	OutgoingHttpHeaders,
	ServerResponse,
} from "node:http";
import { faultOf } from "../platform/faults.ts";
import type { Log } from "../platform/log.ts";
import { extensionOf, servedType } from "../platform/media-types.ts";
import { INSTRUMENTS } from "../platform/telemetry/instruments.ts";
import { type Body, contentRange, multipartBody, plainBody } from "./body.ts";
import { judgeConditions, rangeCounts, type Validators } from "./conditions.ts";
import { attachment } from "./disposition.ts";
import { isKey, type Objects, type StoredObject } from "./objects.ts";
import { wantedRanges } from "./ranges.ts";
import { bodyHeaders, sendBody } from "./send-body.ts";
import { traceDownload } from "./trace-download.ts";

export interface DownloadOptions {
	readonly objects: Objects;
	readonly log: Log;
	/** Milliseconds in which a client takes nothing before its download is ended; without it a minute. */
	readonly stallMs?: number;
}

const STALL_MS = 60_000;

/** Answers one request for `/api/v1/downloads/<key>.<ext>`; settles when the answer is sent or the client has gone. */
export type DownloadHandler = (
	req: IncomingMessage,
	res: ServerResponse,
	key: string,
	ext: string,
) => Promise<void>;

/**
 * Serves staged results to whoever knows the key, without credentials: the clients pass the address on, and ask with
 * HEAD before GET. The type is one that today's client takes, or that the reader names, the length is exact, and nothing
 * is compressed: the client checks all three.
 */
export function downloadHandler({
	objects,
	log,
	stallMs = STALL_MS,
}: DownloadOptions): DownloadHandler {
	return async (req, res, key, ext) => {
		// The connection goes with it: what is to come would be taken for the rest of this answer.
		res.setTimeout(stallMs, () => res.destroy());
		const { socket } = res;
		const before = socket?.bytesWritten ?? 0;
		try {
			await answer(objects, req, res, { key, ext });
		} catch (reason) {
			if (clientLeft(res, reason)) {
				log.debug(
					{ event: "download.cut", bytes: res.socket?.bytesWritten },
					"download ended early",
				);
				return;
			}
			log.error({ event: "download.failed", err: reason }, "download failed");
			if (res.headersSent) res.destroy();
			else
				refuse(
					res,
					faultOf(reason)?.http ?? 500,
					"The result cannot be read at the moment",
				);
		} finally {
			// Of a download that was cut, what left for it; else the result's bytes alone.
			const left = (socket?.bytesWritten ?? 0) - before;
			INSTRUMENTS.bytesServed.add(wholeBody(res) ?? left, {});
		}
	};
}

async function answer(
	objects: Objects,
	req: IncomingMessage,
	res: ServerResponse,
	{ key, ext }: { key: string; ext: string },
): Promise<void> {
	if (req.method !== "GET" && req.method !== "HEAD")
		return refuse(res, 405, "Downloads are read with GET or HEAD", {
			allow: "GET, HEAD",
		});
	const stored = isKey(key) ? await objects.stat(key) : undefined;
	if (stored === undefined || extensionOf(stored.mediaType) !== ext)
		return refuse(res, 404, GONE);
	const mediaType = servedType(stored.mediaType, req.headers.accept);
	const object = { ...stored, mediaType };
	const have = validatorsOf(object);
	traceDownload(req, res, object);
	for (const [name, value] of Object.entries(commonHeaders(object, have)))
		res.setHeader(name, value);
	const verdict = judgeConditions(req.headers, have);
	if (verdict === "not modified") return end(res, 304);
	if (verdict === "failed")
		return refuse(res, 412, "The result is not the one you asked for");
	if (req.method === "HEAD") {
		const whole = plainBody(objects, object);
		return end(res, 200, bodyHeaders(whole));
	}
	await sendWanted(objects, object, req, res);
}

/** Bytes of a body that was sent to its end; undefined when it was not. */
function wholeBody(res: ServerResponse): number | undefined {
	if (!res.writableFinished) return undefined;
	const sent = res.req.method === "GET" && [200, 206].includes(res.statusCode);
	return sent ? Number(res.getHeader("content-length") ?? 0) : 0;
}

const GONE = "No such download: it has expired, or the address is wrong";

/** A Range header counts for GET alone (RFC 9110 §14.2). */
async function sendWanted(
	objects: Objects,
	object: StoredObject,
	req: IncomingMessage,
	res: ServerResponse,
): Promise<void> {
	const range = rangeCounts(req.headers, validatorsOf(object))
		? req.headers.range
		: undefined;
	const wanted = wantedRanges(range, object.length);
	if (wanted.kind === "unsatisfiable")
		return refuse(res, 416, `The result has ${object.length} bytes`, {
			"content-range": `bytes */${object.length}`,
		});
	if (wanted.kind === "whole")
		return await send(res, 200, plainBody(objects, object));
	const [first, second] = wanted.parts;
	if (first === undefined || second !== undefined)
		return await send(res, 206, multipartBody(objects, object, wanted.parts));
	res.setHeader("content-range", contentRange(first, object.length));
	await send(res, 206, plainBody(objects, object, first));
}

async function send(
	res: ServerResponse,
	status: number,
	body: Body,
): Promise<void> {
	if (!(await sendBody(res, status, body))) refuse(res, 404, GONE);
}

const validatorsOf = (object: StoredObject): Validators => ({
	etag: `"${object.sha256}"`,
	lastModified: Math.floor(object.createdAt / 1000) * 1000,
});

const commonHeaders = (
	object: StoredObject,
	have: Validators,
): Record<string, string> => ({
	"accept-ranges": "bytes",
	"cache-control": "private, no-transform",
	"content-disposition": attachment(object.fileName),
	etag: have.etag,
	"last-modified": new Date(have.lastModified).toUTCString(),
	vary: "accept",
	"repr-digest": `sha-256=:${Buffer.from(object.sha256, "hex").toString("base64")}:`,
	"x-content-type-options": "nosniff",
});

function end(
	res: ServerResponse,
	status: number,
	headers: OutgoingHttpHeaders = {},
): void {
	res.writeHead(status, headers).end();
}

/** An error in the one form that today's client shows: an object with one string. */
function refuse(
	res: ServerResponse,
	status: number,
	message: string,
	headers: OutgoingHttpHeaders = {},
): void {
	for (const name of OF_THE_OBJECT) res.removeHeader(name);
	const body = JSON.stringify({ message });
	res.writeHead(status, {
		...headers,
		"content-type": "application/json",
		"content-length": Buffer.byteLength(body),
		"cache-control": "no-store",
	});
	res.end(res.req.method === "HEAD" ? undefined : body);
}

const OF_THE_OBJECT = [
	"content-disposition",
	"content-range",
	"etag",
	"last-modified",
	"repr-digest",
];

/** A client may leave at any time: `pointer=True` of polytope-client always does. */
const clientLeft = (res: ServerResponse, reason: unknown): boolean =>
	res.destroyed &&
	reason instanceof Error &&
	"code" in reason &&
	["ERR_STREAM_PREMATURE_CLOSE", "ECONNRESET", "EPIPE", "ECANCELED"].includes(
		String(reason.code),
	);
