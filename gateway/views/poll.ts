import {
	type Request,
	type StagedResult,
	Status,
} from "../../gen/polytope/store/v1/store_pb.js";
import { Problem } from "../problem.ts";

/** Body of a 202. Both keys must be there, and `status` must never say "processed". */
export interface PendingView {
	readonly message: string;
	readonly status: string;
}

/** Body of a 303; the Rust client takes all three from here, the Python client the header's URL. */
export interface ReadyView {
	readonly contentLength: number;
	readonly contentType: string;
	readonly location: string;
}

/** Body of the 200 that ends an archive request, in v1's words. */
export interface ArchivedView {
	readonly location: string;
	readonly message: string;
	readonly status: "processed";
}

/** A request that was cancelled before it was ever claimed: for v1 as if it had never been. */
export const notFound = (id: string): Problem =>
	new Problem(404, `Request ${id.slice(0, 100)} not found`);

/**
 * What a client is told while it has to wait; undefined once the request is final. `waiting` is `queued` on the wire.
 *
 * @param why what it waits for, should that be known
 */
export function pendingView(
	request: Request,
	why?: string,
): PendingView | undefined {
	const message = request.userMessage;
	switch (request.status) {
		case Status.WAITING:
		case Status.QUEUED:
			return { message: message || queued(why), status: "queued" };
		case Status.UPLOADING:
			return { message: message || "Request uploading", status: "uploading" };
		case Status.PROCESSING:
			return { message: message || "Processing...", status: "processing" };
		default:
			return undefined;
	}
}

const queued = (why: string | undefined): string =>
	why === undefined ? "Request queued" : `Request queued: ${why}`;

/** Why there will be no result; undefined when there is one. 400 is v1's way to end a client's polling. */
export function failureOf(request: Request): Problem | undefined {
	if (request.hidden) return notFound(request.id);
	if (request.status === Status.FAILED) {
		return new Problem(
			400,
			`Request failed with error:\n${request.userMessage || "unknown reason"}`,
		);
	}
	if (request.status === Status.CANCELLED) {
		return new Problem(
			400,
			request.userMessage || "Request cancelled by its user",
		);
	}
	return undefined;
}

export const archivedView = (
	{ userMessage }: Request,
	url: string,
): ArchivedView => ({
	location: url,
	message: userMessage || "Success",
	status: "processed",
});

export const readyView = (result: StagedResult, url: string): ReadyView => ({
	contentLength: Number(result.length),
	contentType: result.mediaType,
	location: url,
});
