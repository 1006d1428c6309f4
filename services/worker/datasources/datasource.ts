import type { MatchedRequest } from "../../collections/match.ts";

/** What a datasource is asked to serve. */
export interface Job {
	readonly requestId: string;
	/** As posted: text verbatim, or the JSON text of an object (`postedJson`). */
	readonly posted: string;
	readonly postedJson: boolean;
	/** As coerced and matched: what the datasource goes by. */
	readonly request: MatchedRequest;
}

/** The bytes that answer a request; nothing is read before the stream is. */
export interface Retrieved {
	/** Exactly what the download's Content-Type will be. */
	readonly mediaType: string;
	/** Bytes, when known beforehand. */
	readonly length?: number;
	/** Fields in it, when it has any. */
	readonly fields?: number;
	readonly stream: AsyncIterable<Uint8Array>;
}

/** A configured backend. */
export interface Datasource {
	/**
	 * @param signal stops the work, also the stream's, at once and frees what it holds
	 * @throws {DatasourceError} whose message is for the user; anything else is a bug or an outage of ours
	 */
	retrieve(job: Job, signal: AbortSignal): Promise<Retrieved>;
}

/** Why a datasource cannot serve a request; the message is shown to the user. */
export class DatasourceError extends Error {
	override readonly name = "DatasourceError";
}
