import { LRUCache } from "lru-cache";
import { atMost } from "../at-most.ts";
import { fault } from "../faults.ts";
import type { Delivery, DispatchMessage, Queue, Trouble } from "./queue.ts";

export interface MemoryQueueOptions {
	/** Milliseconds after which a message that was not acknowledged is delivered again. */
	readonly ackWaitMs: number;
	/** Deliveries after which a message is given up. */
	readonly maxDeliver: number;
	/** Milliseconds for which message ids are remembered. */
	readonly dedupeMs: number;
	/** Messages held at most, those in hand included. */
	readonly capacity: number;
	/** Messages of a pool in hand at most. */
	readonly inHand: number;
}

interface Held {
	readonly message: DispatchMessage;
	deliveries: number;
}

/** The queue of a single process: forgets everything when it ends, as the contract allows. */
export function openMemoryQueue(options: MemoryQueueOptions): Queue {
	const ready: Held[] = [];
	const inHand = new Map<Held, NodeJS.Timeout>();
	const seen = new LRUCache<string, true>({
		...atMost(1_000_000),
		ttl: options.dedupeMs,
		ttlAutopurge: false,
	});
	/** Those that anything was published for. */
	const pools = new Set<string>();
	const waiting = new Set<() => void>();
	const listeners = new Set<(trouble: Trouble) => void>();

	const wake = (): void => {
		for (const resolve of [...waiting]) resolve();
	};
	const settle = (held: Held): boolean => {
		clearTimeout(inHand.get(held));
		return inHand.delete(held);
	};
	const giveBack = (held: Held): void => {
		if (!settle(held)) return;
		if (held.deliveries < options.maxDeliver) ready.unshift(held);
		else
			for (const listener of [...listeners])
				listener({ kind: "undeliverable", message: held.message });
		wake();
	};
	const deliver = (held: Held): Delivery => {
		held.deliveries += 1;
		const timer = setTimeout(() => giveBack(held), options.ackWaitMs);
		timer.unref();
		inHand.set(held, timer);
		return {
			message: held.message,
			deliveries: held.deliveries,
			ack: () => {
				if (settle(held)) wake();
			},
			nack: () => giveBack(held),
		};
	};
	const pick = (pools: readonly string[], most: number): Held[] => {
		const room = new Map<string, number>();
		for (const pool of pools) room.set(pool, options.inHand);
		for (const { message } of inHand.keys()) use(room, message.pool);
		const picked: Held[] = [];
		for (const held of ready) {
			if (picked.length === most) break;
			if ((room.get(held.message.pool) ?? 0) <= 0) continue;
			use(room, held.message.pool);
			picked.push(held);
		}
		for (const held of picked) ready.splice(ready.indexOf(held), 1);
		return picked;
	};
	const change = (signal: AbortSignal): Promise<void> =>
		new Promise((resolve) => {
			const done = (): void => {
				waiting.delete(done);
				signal.removeEventListener("abort", done);
				resolve();
			};
			waiting.add(done);
			signal.addEventListener("abort", done);
			if (signal.aborted) done();
		});

	return {
		publish(id, message) {
			if (seen.has(id)) return Promise.resolve(false);
			if (ready.length + inHand.size >= options.capacity) {
				return Promise.reject(
					fault("FULL", `the queue holds its ${options.capacity} messages`),
				);
			}
			seen.set(id, true);
			pools.add(message.pool);
			ready.push({ message, deliveries: 0 });
			wake();
			return Promise.resolve(true);
		},
		async take(pools, most, signal) {
			while (!signal.aborted) {
				const picked = pick(pools, most);
				if (picked.length > 0) return picked.map(deliver);
				await change(signal);
			}
			return [];
		},
		system: "memory",
		async depths() {
			const inHandOf = Map.groupBy(inHand.keys(), poolOfHeld);
			const readyOf = Map.groupBy(ready, poolOfHeld);
			return [...pools].map((pool) => ({
				pool,
				pending: readyOf.get(pool)?.length ?? 0,
				inHand: inHandOf.get(pool)?.length ?? 0,
			}));
		},
		onTrouble(listener) {
			listeners.add(listener);
			return { [Symbol.dispose]: () => void listeners.delete(listener) };
		},
		async [Symbol.asyncDispose]() {
			for (const timer of inHand.values()) clearTimeout(timer);
			inHand.clear();
			ready.length = 0;
		},
	};
}

const poolOfHeld = ({ message }: Held): string => message.pool;

const use = (room: Map<string, number>, pool: string): void => {
	const left = room.get(pool);
	if (left !== undefined) room.set(pool, left - 1);
};
