import type { OutgoingHttpHeaders, ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { finished, pipeline } from "node:stream/promises";
import type { Body } from "./body.ts";

export const bodyHeaders = ({
	contentType,
	length,
}: Body): OutgoingHttpHeaders => ({
	"content-type": contentType,
	"content-length": length,
});

/**
 * Sends headers and bytes. Opens before the headers go: what has just been deleted is still a proper 404.
 * @returns false, and nothing was sent, when it has gone
 * @throws when the client left, or the bytes broke off
 */
export async function sendBody(
	res: ServerResponse,
	status: number,
	body: Body,
): Promise<boolean> {
	const source = await body.open();
	if (source === undefined) return false;
	if (res.destroyed) {
		await source[Symbol.asyncDispose]();
		return true;
	}
	res.writeHead(status, bodyHeaders(body));
	if (source instanceof Readable) {
		await pipeline(source, res);
		return true;
	}
	await using blocks = source;
	await blocks.pour((block) => written(res, block));
	res.end();
	await finished(res);
	return true;
}

/** Resolves when the system has taken the bytes, rejects when the client has gone. */
function written(res: ServerResponse, block: Uint8Array): Promise<void> {
	return new Promise((resolve, reject) => {
		const gone = (): void => reject(premature());
		if (res.destroyed) return gone();
		res.once("close", gone);
		res.write(block, (reason) => {
			res.off("close", gone);
			if (reason) reject(reason);
			else resolve();
		});
	});
}

const premature = (): Error =>
	Object.assign(new Error("the client has gone"), {
		code: "ERR_STREAM_PREMATURE_CLOSE",
	});
