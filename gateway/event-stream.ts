import type { ServerResponse } from "node:http";
import type { Request } from "../gen/polytope/store/v1/store_pb.js";
import type { Listener } from "./listeners.ts";
import { newsOf, type Told } from "./views/events.ts";

/** Milliseconds after which a client should come back when it has lost its connection. */
const RETRY_MS = 2_000;
/** Those whose connection this gateway ends come back spread over so many milliseconds more. */
const SPREAD_MS = 3_000;

export interface EventStream extends Listener {
	begin(): void;
	/** What the request is now; undefined: it was removed. */
	tell(request: Request | undefined): void;
}

/**
 * One reader of events. While it does not read nothing is written: what it has missed follows from the newest state,
 * of which only one is kept.
 *
 * @param entries of the history that it was told before
 * @param location of the request
 */
export function openEventStream(
	response: ServerResponse,
	entries: number,
	location: string,
): EventStream {
	let told: Told = { entries, progress: "" };
	let newest: Request | undefined;
	const write = (): void => {
		if (newest === undefined || isBusy(response)) return;
		const news = newsOf(newest, told, location);
		newest = undefined;
		told = news.told;
		if (news.text !== "") response.write(news.text);
		if (news.ended) response.end();
	};
	response.on("drain", write);
	return {
		begin(): void {
			response.write(`retry: ${RETRY_MS}\n\n`);
		},
		tell(request): void {
			// It was removed: there is nothing to come back for, which a client that does is told.
			if (request === undefined) response.end();
			newest = request;
			write();
		},
		beat(): void {
			if (!isBusy(response)) response.write(":\n\n");
		},
		leave(): void {
			if (response.writableEnded) return;
			// Nobody waits for one who does not read.
			if (isBusy(response)) {
				response.destroy();
				return;
			}
			const ms = RETRY_MS + Math.floor(Math.random() * SPREAD_MS);
			response.end(`retry: ${ms}\n\n`);
		},
	};
}

const isBusy = (response: ServerResponse): boolean =>
	response.writableNeedDrain || response.writableEnded || response.destroyed;
