import { LRUCache } from "lru-cache";
import { fault } from "../faults.ts";
import type { Delivery, DispatchMessage, Queue } from "./queue.ts";

export interface MemoryQueueOptions {
	/** Milliseconds after which a message that was not acknowledged is delivered again. */
	readonly ackWaitMs: number;
	/** Milliseconds for which message ids are remembered. */
	readonly dedupeMs: number;
	/** Messages held at most, those in hand included. */
	readonly capacity: number;
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
		max: 1_000_000,
		ttl: options.dedupeMs,
		ttlAutopurge: false,
	});
	const waiting = new Set<() => void>();

	const wakeOne = (): void => {
		const [wake] = waiting;
		wake?.();
	};
	const giveBack = (held: Held): void => {
		clearTimeout(inHand.get(held));
		if (!inHand.delete(held)) return;
		ready.unshift(held);
		wakeOne();
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
				clearTimeout(inHand.get(held));
				inHand.delete(held);
			},
			nack: () => giveBack(held),
		};
	};
	const arrival = (signal: AbortSignal): Promise<void> =>
		new Promise((resolve) => {
			const wake = (): void => {
				waiting.delete(wake);
				signal.removeEventListener("abort", wake);
				resolve();
			};
			waiting.add(wake);
			signal.addEventListener("abort", wake);
			if (signal.aborted) wake();
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
			ready.push({ message, deliveries: 0 });
			wakeOne();
			return Promise.resolve(true);
		},
		async take(most, signal) {
			while (ready.length === 0 && !signal.aborted) await arrival(signal);
			if (signal.aborted) return [];
			return ready.splice(0, most).map(deliver);
		},
		async [Symbol.asyncDispose]() {
			for (const timer of inHand.values()) clearTimeout(timer);
			inHand.clear();
			ready.length = 0;
		},
	};
}
