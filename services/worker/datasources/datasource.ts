import type { MatchedRequest } from "../../collections/match.ts";

/** What a datasource is asked to serve. */
export interface Job {
	readonly requestId: string;
	/** As posted: text verbatim, or the JSON text of an object (`postedJson`). */
	readonly posted: string;
	readonly postedJson: boolean;
	/** How often it was tried again already after a temporary fault. */
	readonly retries: number;
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
	/** Fields that were read so far; left out: they pass with the bytes. */
	readonly fieldsRead?: () => number;
	readonly stream: AsyncIterable<Uint8Array>;
}

/** What a datasource is asked to keep. */
export interface ArchiveJob {
	readonly requestId: string;
	/** Of several attempts at a request, a later one's data takes the place of an earlier one's. */
	readonly attempt: number;
	/** As coerced and matched: what the data must be. */
	readonly request: MatchedRequest;
	/** Nothing is read before this is; it fails at its end when it is not what was sent. */
	readonly data: AsyncIterable<Uint8Array>;
}

/** Data that is kept, and can be retrieved. */
export interface Archived {
	readonly fields: number;
	/** Takes it out again: the request has ended otherwise meanwhile. */
	undo(): Promise<void>;
}

/** What serving a request would take and give. */
export interface Plan {
	/** Fields that are read. */
	readonly fields: number;
	/** Exactly what the download's Content-Type would be. */
	readonly mediaType: string;
	/** Bytes read; `cold`: if indexes and offsets are not known yet. */
	readonly read: { readonly bytes: number; readonly cold: number };
	/** Bytes in the answer: so many, or at most so many. */
	readonly sent: { readonly bytes: number; readonly exact: boolean };
	/** Of a feature: what is cut out. */
	readonly cut?: {
		/** Points of a field. */
		readonly points: number;
		readonly values: number;
		readonly coverages: number;
		/** In words: `O1280, 6599680 points`. */
		readonly grids: readonly string[];
		/** Short names. */
		readonly parameters: readonly string[];
	};
}

/** A configured backend. */
export interface Datasource {
	/**
	 * @param signal stops the work, also the stream's, at once and frees what it holds
	 * @throws {DatasourceError} whose message is for the user; anything else is a bug or an outage of ours
	 */
	retrieve(job: Job, signal: AbortSignal): Promise<Retrieved>;
	/**
	 * What `retrieve` would read and give, without doing it. Absent: it cannot tell.
	 *
	 * @throws as `retrieve` does
	 */
	plan?(job: Pick<Job, "request">, signal: AbortSignal): Promise<Plan>;
	/**
	 * Keeps data, all of it or none, durable on return. Absent: it takes none.
	 *
	 * @throws {DatasourceError} or a RequestError, for the user: the data is not what the request says
	 */
	archive?(job: ArchiveJob, signal: AbortSignal): Promise<Archived>;
}

/** What a datasource may add to its refusal. */
export interface DatasourceErrorOptions extends ErrorOptions {
	/** The fault is temporary: the same request may be served later, and is tried again by itself. */
	readonly retry?: boolean;
	/** The same, and not before so many milliseconds. */
	readonly retryAfter?: number;
}

/** Why a datasource cannot serve a request; the message is shown to the user. */
export class DatasourceError extends Error {
	override readonly name = "DatasourceError";
	/** Milliseconds before which trying again is of no use; undefined: the fault is there to stay. */
	readonly retryAfter: number | undefined;

	constructor(message: string, options: DatasourceErrorOptions = {}) {
		super(message, options);
		this.retryAfter = options.retryAfter ?? (options.retry ? 0 : undefined);
	}
}
