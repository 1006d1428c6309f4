import type { JetStreamClient, JetStreamManager, NatsConnection } from "nats";
import type { Log } from "../log.ts";
import { openBell } from "../wait.ts";
import type { NatsLink } from "./connection.ts";
import {
	ensureStream,
	StreamConfigError,
	type StreamSettings,
} from "./stream.ts";
import { unless } from "./unless.ts";

/** A connection over which the stream was found as it must be. */
export interface Ready {
	readonly nc: NatsConnection;
	readonly js: JetStreamClient;
	readonly jsm: JetStreamManager;
	/** Fires when the connection is lost: no answer comes any more. */
	readonly gone: AbortSignal;
}

/** Whether the stream can be used; sees to it that it can, over every interruption. */
export interface Readiness extends AsyncDisposable {
	readonly now: () => Ready | undefined;
	/** Why it cannot, for people. */
	readonly why: () => string;
	/** Something was odd: look at the stream again, soon. */
	doubt(): void;
	/** Resolves when the stream was first found well. @throws {StreamConfigError} when it was found otherwise. */
	readonly first: Promise<void>;
}

/** What the keeper of the queue is told. */
export interface ReadinessEvents {
	/** It can be used (again), or no longer. */
	onChange(ready: Ready | undefined): void;
	/** The stream is another one than before: what it held is gone. Also when it was first made. */
	onLost(): void;
}

/** Milliseconds that JetStream has for an answer. */
export const ANSWER_MS = 3_000;
/** Milliseconds between looks at a stream that is not well. */
const AGAIN_MS = 500;
/** Milliseconds for each question of a look: a cluster that is choosing a leader does not answer at all. */
const LOOK_MS = 1_000;
const LONG_MS = 3_600_000;

export function openReadiness(
	link: NatsLink,
	settings: StreamSettings,
	log: Log,
	events: ReadinessEvents,
): Readiness {
	const stop = new AbortController();
	const bell = openBell();
	const first = Promise.withResolvers<void>();
	first.promise.catch(() => {});
	let ready: Ready | undefined;
	let losing = new AbortController();
	let sure = false;
	let created: string | undefined;
	let why = "NATS does not answer";

	const set = (now: Ready | undefined): void => {
		if (now?.nc === ready?.nc) return;
		ready = now;
		events.onChange(now);
	};
	const doubt = (): void => {
		sure = false;
		bell.ring();
	};
	const look = async (nc: NatsConnection): Promise<void> => {
		sure = true;
		try {
			const options = { checkAPI: false, timeout: LOOK_MS };
			const jsm = await nc.jetstreamManager(options);
			const made = await unless(losing.signal, ensureStream(jsm, settings));
			if (made !== created) events.onLost();
			created = made;
			why = "";
			const js = nc.jetstream({ timeout: ANSWER_MS });
			set({ nc, jsm, js, gone: losing.signal });
			first.resolve();
		} catch (reason) {
			sure = false;
			set(undefined);
			complain(reason);
			if (reason instanceof StreamConfigError) first.reject(reason);
		}
	};
	const complain = (reason: unknown): void => {
		const said = reason instanceof Error ? reason.message : String(reason);
		const text =
			reason instanceof StreamConfigError
				? said
				: `JetStream does not answer as it should (${said})`;
		// An outage is nobody's fault here; a stream that is another one, somebody must mend.
		const say = reason instanceof StreamConfigError ? log.error : log.warn;
		if (text !== why) say({ event: "queue.unusable", err: reason }, text);
		why = text;
	};
	const keep = async (): Promise<void> => {
		while (!stop.signal.aborted) {
			const nc = link.standing();
			if (nc !== undefined && !sure) await look(nc);
			const wait = nc !== undefined && !sure ? AGAIN_MS : LONG_MS;
			await bell.wait(wait, stop.signal);
		}
	};
	const watching = link.watch((nc) => {
		if (nc === undefined) {
			why = "NATS does not answer";
			losing.abort(new Error("the connection to NATS was lost"));
			losing = new AbortController();
			set(undefined);
		}
		doubt();
	});
	const kept = keep();

	return {
		now: () => ready,
		why: () => why,
		doubt,
		first: first.promise,
		async [Symbol.asyncDispose]() {
			watching[Symbol.dispose]();
			stop.abort();
			await kept;
		},
	};
}
