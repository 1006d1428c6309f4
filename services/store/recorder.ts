import { context, ROOT_CONTEXT } from "@opentelemetry/api";
import { isFinal } from "../platform/lifecycle.ts";
import type { Log } from "../platform/log.ts";
import {
	type Life,
	lastLifeSpans,
} from "../platform/telemetry/lifecycle-spans.ts";
import { isRecording, record } from "../platform/telemetry/recorded.ts";
import type { Announced, Changes } from "./changes.ts";
import type { Database } from "./database.ts";

/** Milliseconds in which ends gather, so that one look is for many. */
const GATHER_MS = 200;
/** Rows read at once. */
const PAGE = 500;
/** Ends that may wait for a database that is away; those beyond have no spans. */
const MOST = 50_000;

/** Makes the spans of requests that have ended, from what their rows tell. */
export interface Recorder extends AsyncDisposable {
	hear(changes: readonly Announced[]): void;
}

/** The bell of the store, heard by a recorder as well: what other replicas announce they record themselves. */
export const recorded = (changes: Changes, recorder: Recorder): Changes => ({
	...changes,
	announce(news) {
		changes.announce(news);
		recorder.hear(news);
	},
});

export function openRecorder(db: Database, log: Log): Recorder {
	const ended = new Set<string>();
	let timer: NodeJS.Timeout | undefined;
	let last: Promise<void> = Promise.resolve();

	const flush = async (): Promise<void> => {
		timer = undefined;
		const ids = [...ended];
		ended.clear();
		try {
			for (let at = 0; at < ids.length; at += PAGE)
				await recordEnds(db, ids.slice(at, at + PAGE));
		} catch (reason) {
			log.warn(
				{ event: "trace.unread", count: ids.length, err: reason },
				"the spans of ended requests could not be made",
			);
		}
	};
	return {
		hear(changes) {
			if (!isRecording()) return;
			for (const { requestId, status } of changes)
				if (isFinal(status) && ended.size < MOST) ended.add(requestId);
			if (ended.size === 0 || timer !== undefined) return;
			timer = setTimeout(() => {
				// For many: what it reads belongs to none of their traces.
				last = context.with(ROOT_CONTEXT, flush);
			}, GATHER_MS);
			timer.unref();
		},
		async [Symbol.asyncDispose]() {
			clearTimeout(timer);
			await last;
			await flush();
		},
	};
}

async function recordEnds(db: Database, ids: readonly string[]): Promise<void> {
	const rows = await db
		.selectFrom("request")
		.select([
			"id",
			"traceparent",
			"collection",
			"datasource",
			"verb",
			"content_length",
			"history",
		])
		.where("id", "in", [...ids])
		.execute();
	const spans = rows.flatMap((row) =>
		lastLifeSpans({
			...row,
			bytes:
				row.content_length === null ? undefined : Number(row.content_length),
			history: row.history.map(({ s, t, a, r = "" }) => ({
				status: s,
				at: t,
				attempt: a,
				reason: r,
			})),
		} satisfies Life),
	);
	record("polytope.store", spans);
}
