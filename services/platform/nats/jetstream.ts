import { ErrorCode, NatsError, type Subscription } from "nats";
import { fault } from "../faults.ts";
import type { Log } from "../log.ts";
import type {
	DispatchMessage,
	PoolDepth,
	Queue,
	Trouble,
} from "../queue/queue.ts";
import { pause } from "../wait.ts";
import { type NatsSettings, openNatsLink } from "./connection.ts";
import { openPoolMessages, type PoolMessages } from "./pool.ts";
import { ANSWER_MS, openReadiness, type Ready } from "./readiness.ts";
import {
	apiCode,
	consumerOf,
	type StreamSettings,
	subjectOf,
} from "./stream.ts";
import { takeFrom } from "./take.ts";
import { hearUndeliverable } from "./undeliverable.ts";
import { unless } from "./unless.ts";
import { encodeDispatch } from "./wire.ts";

export interface JetStreamSettings extends StreamSettings {
	readonly nats: NatsSettings;
}

/** Milliseconds that an opening waits for NATS; then it goes on without, and the queue works as soon as NATS is there. */
const PATIENCE_MS = 2_000;
/** JetStream's number of "maximum messages exceeded". */
const FULL = 10077;

/**
 * The queue of many processes: one JetStream stream as work queue, a subject and a durable pull consumer for each pool.
 *
 * @throws when NATS answers and refuses us, or has a stream that is not as configured. A NATS that is away is no
 *   error: `publish` says UNAVAILABLE and `take` waits, until it is there.
 */
export async function openJetStream(
	settings: JetStreamSettings,
	log: Log,
): Promise<Queue> {
	await using stack = new AsyncDisposableStack();
	const { name } = settings;
	const troubles = openTroubles();
	const waiting = new Set<() => void>();
	const wake = (): void => {
		for (const resolve of [...waiting]) resolve();
	};
	const change = async (ms: number, signal: AbortSignal): Promise<void> => {
		const woken = new AbortController();
		const resolve = (): void => woken.abort();
		waiting.add(resolve);
		await pause(ms, AbortSignal.any([signal, woken.signal]));
		waiting.delete(resolve);
	};

	let advisories: Subscription | undefined;
	const hearAdvisories = (): void => {
		const ready = readiness.now();
		if (ready === undefined || !troubles.heard()) return;
		if (advisories?.isClosed() === false) return;
		advisories = hearUndeliverable(ready, name, log, (message) =>
			troubles.tell({ kind: "undeliverable", message }),
		);
	};
	const pools = new Map<string, PoolMessages>(
		settings.pools.map((pool) => [
			pool,
			openPoolMessages({
				stream: name,
				consumer: consumerOf(name, pool),
				onChange: wake,
				onTrouble: (trouble) => {
					log.warn({ event: "queue.pull", pool }, trouble);
					readiness.doubt();
				},
			}),
		]),
	);
	const poolNamed = (pool: string): PoolMessages => {
		const found = pools.get(pool);
		if (found === undefined) throw new Error(`there is no pool '${pool}'`);
		return found;
	};
	const link = stack.use(await openNatsLink(settings.nats, name, log));
	const readiness = stack.use(
		openReadiness(link, settings, log, {
			onChange(ready) {
				if (ready !== undefined) hearAdvisories();
				else for (const pool of pools.values()) pool.forget();
				wake();
			},
			onLost: () => troubles.tell({ kind: "lost" }),
		}),
	);
	await Promise.race([
		Promise.all([link.first, readiness.first]),
		pause(PATIENCE_MS, new AbortController().signal),
	]);

	let turn = 0;
	const held = stack.move();
	return {
		async publish(id, message) {
			poolNamed(message.pool);
			const ready = readiness.now();
			if (ready === undefined)
				throw fault("UNAVAILABLE", `no dispatches go out: ${readiness.why()}`);
			try {
				return await send(ready, settings, id, message);
			} catch (reason) {
				if (reason instanceof NatsError && reason.code === NO_RESPONDERS)
					readiness.doubt();
				throw refusal(reason, settings);
			}
		},
		async take(from, most, signal) {
			turn += 1;
			const deliveries = await takeFrom({
				pools: from.map(poolNamed),
				most,
				turn,
				connection: () => readiness.now()?.nc,
				change,
				signal,
			});
			if (signal.aborted) wake();
			return deliveries;
		},
		system: "nats",
		async depths() {
			const ready = readiness.now();
			if (ready === undefined) return [];
			return Promise.all(
				settings.pools.map((pool) => depthOf(ready, settings, pool)),
			);
		},
		onTrouble(listener) {
			const listening = troubles.listen(listener);
			hearAdvisories();
			return listening;
		},
		async [Symbol.asyncDispose]() {
			for (const pool of pools.values()) pool.giveBack();
			await held.disposeAsync();
		},
	};
}

async function depthOf(
	{ jsm, gone }: Ready,
	{ name }: JetStreamSettings,
	pool: string,
): Promise<PoolDepth> {
	const info = await unless(
		gone,
		jsm.consumers.info(name, consumerOf(name, pool)),
	);
	return { pool, pending: info.num_pending, inHand: info.num_ack_pending };
}

const NO_RESPONDERS: string = ErrorCode.NoResponders;

async function send(
	{ js, gone }: Ready,
	{ name }: JetStreamSettings,
	id: string,
	message: DispatchMessage,
): Promise<boolean> {
	const published = js.publish(
		subjectOf(name, message.pool),
		encodeDispatch(message),
		{ msgID: id, timeout: ANSWER_MS, expect: { streamName: name } },
	);
	const { duplicate } = await unless(gone, published);
	return !duplicate;
}

function refusal(reason: unknown, { capacity }: JetStreamSettings) {
	if (apiCode(reason) === FULL)
		return fault("FULL", `the queue holds its ${capacity} messages`, reason);
	const why = reason instanceof Error ? reason.message : String(reason);
	return fault(
		"UNAVAILABLE",
		`JetStream did not take a dispatch: ${why}`,
		reason,
	);
}

/** Who hears of trouble. That everything was lost before anybody listened is told to the first who does. */
function openTroubles() {
	const listeners = new Set<(trouble: Trouble) => void>();
	let unheard: Trouble | undefined;
	return {
		heard: () => listeners.size > 0,
		tell(trouble: Trouble): void {
			if (listeners.size === 0 && trouble.kind === "lost") unheard = trouble;
			for (const listener of [...listeners]) listener(trouble);
		},
		listen(listener: (trouble: Trouble) => void): Disposable {
			listeners.add(listener);
			if (unheard !== undefined) listener(unheard);
			unheard = undefined;
			return { [Symbol.dispose]: () => void listeners.delete(listener) };
		},
	};
}
