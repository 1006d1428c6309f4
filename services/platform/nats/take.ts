import type { NatsConnection } from "nats";
import type { Delivery } from "../queue/queue.ts";
import type { PoolMessages } from "./pool.ts";

export interface Taking {
	readonly pools: readonly PoolMessages[];
	/** Deliveries at most. */
	readonly most: number;
	/** Which pool is asked first: another one each time, so that none starves. */
	readonly turn: number;
	/** The connection over which may be asked now. */
	readonly connection: () => NatsConnection | undefined;
	/** Resolves when anything has changed, when `ms` have passed, or when the signal ends. */
	readonly change: (ms: number, signal: AbortSignal) => Promise<void>;
	readonly signal: AbortSignal;
}

/** Milliseconds that a first message waits for those that came with it. */
const GATHER_MS = 5;
const LONG_MS = 60_000;

/** Up to `most` deliveries from some pools, at least one; empty when the signal ends the wait. */
export async function takeFrom(taking: Taking): Promise<Delivery[]> {
	const { pools, most, connection, change, signal } = taking;
	const ask = openAsker(taking);
	let gathered = Number.POSITIVE_INFINITY;
	while (!signal.aborted) {
		const atHand = pools.reduce((sum, pool) => sum + pool.atHand(), 0);
		if (atHand === 0) {
			const nc = connection();
			if (nc !== undefined) ask(nc);
			await change(LONG_MS, signal);
			continue;
		}
		const now = performance.now();
		gathered = Math.min(gathered, now + GATHER_MS);
		const coming = pools.some((pool) => pool.atHand() > 0 && pool.asking());
		if (atHand >= most || !coming || now >= gathered) return collect(taking);
		await change(gathered - now, signal);
	}
	for (const pool of pools) pool.giveBack();
	return [];
}

/**
 * One pool is asked to wait for its first message. Several are first asked one after the other for what is there, so
 * that no more comes than there are hands; only when all are empty each is asked to wait.
 */
function openAsker({ pools, most, turn }: Taking) {
	const order = pools.map((_, index) => pools[(index + turn) % pools.length]);
	let tried = pools.length > 1 ? 0 : order.length;
	return (nc: NatsConnection): void => {
		if (pools.some((pool) => pool.asking() === "now")) return;
		while (tried < order.length) {
			const next = order[tried++];
			if (next === undefined || next.asking() !== undefined) continue;
			next.ask(nc, most, false);
			return;
		}
		for (const pool of pools)
			if (pool.asking() === undefined) pool.ask(nc, most, true);
	};
}

function collect({ pools, most, turn }: Taking): Delivery[] {
	const deliveries: Delivery[] = [];
	for (let index = 0; index < pools.length; index++) {
		const pool = pools[(index + turn) % pools.length];
		deliveries.push(...(pool?.collect(most - deliveries.length) ?? []));
	}
	return deliveries;
}
