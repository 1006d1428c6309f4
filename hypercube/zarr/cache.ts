import type { Chunk } from "./format/array.ts";
import { Gate } from "./gate.ts";

/** What is kept of an object: a decoded chunk, an index of a shard, or that there is none. */
export interface Kept {
	readonly chunk?: Chunk;
	readonly index?: BigUint64Array;
}

export interface CacheOptions {
	/** Octets kept at most, beyond the one that was used last. */
	readonly bytes?: number;
	/** Objects fetched and decoded at a time. */
	readonly parallel?: number;
}

interface Entry {
	readonly value: Kept;
	readonly bytes: number;
	/** Milliseconds of a clock that never jumps. */
	readonly until: number;
}

/** Milliseconds for which an object that is absent counts as absent: it may yet be written. */
const absentFor = 30_000;

interface Load {
	readonly promise: Promise<Kept>;
	readonly stop: AbortController;
	waiting: number;
}

const mebibyte = 1024 * 1024;

/**
 * Decoded chunks, shared by all requests: each is fetched and decoded once while it is kept, and once for all who want
 * it at the same time. The least recently used go first.
 */
export class ChunkCache {
	readonly limit: number;
	readonly #entries = new Map<string, Entry>();
	readonly #loads = new Map<string, Load>();
	readonly #gate: Gate;
	#bytes = 0;

	constructor({ bytes = 256 * mebibyte, parallel = 8 }: CacheOptions = {}) {
		this.limit = bytes;
		// What is being fetched is held in memory as well: as much again, but always one.
		this.#gate = new Gate(parallel, Math.max(bytes, mebibyte));
	}

	/** Octets kept now. */
	get bytes(): number {
		return this.#bytes;
	}

	/** What is kept under a key. */
	get(key: string): Kept | undefined {
		const entry = this.#entries.get(key);
		if (!entry) return undefined;
		this.#entries.delete(key);
		if (entry.until < performance.now()) {
			this.#bytes -= entry.bytes;
			return undefined;
		}
		this.#entries.set(key, entry);
		return entry.value;
	}

	/**
	 * What is kept under a key, or else what `load` brings, which is stopped when all who wait for it have left.
	 * @param bytes what it will take, about
	 */
	async fetch(
		key: string,
		bytes: number,
		load: (signal: AbortSignal) => Promise<Kept>,
		signal?: AbortSignal,
	): Promise<Kept> {
		signal?.throwIfAborted();
		const kept = this.get(key);
		if (kept) return kept;
		const running =
			this.#loads.get(key) ??
			this.#start(key, (stop) => this.#gate.run(bytes, stop, () => load(stop)));
		return this.#await(running, signal);
	}

	/** The same for what is small, and needed by one that has passed the gate already. */
	async fetchSmall(
		key: string,
		load: (signal: AbortSignal) => Promise<Kept>,
		signal: AbortSignal,
	): Promise<Kept> {
		signal.throwIfAborted();
		const kept = this.get(key);
		if (kept) return kept;
		return this.#await(this.#loads.get(key) ?? this.#start(key, load), signal);
	}

	#start(key: string, load: (signal: AbortSignal) => Promise<Kept>): Load {
		const stop = new AbortController();
		const promise = load(stop.signal)
			.then((value) => {
				this.#keep(key, value);
				return value;
			})
			.finally(() => {
				if (this.#loads.get(key) === running) this.#loads.delete(key);
			});
		const running: Load = { promise, stop, waiting: 0 };
		this.#loads.set(key, running);
		return running;
	}

	/** Waits, and leaves when aborted; the last to leave stops the load, which nobody joins any more. */
	async #await(load: Load, signal: AbortSignal | undefined): Promise<Kept> {
		load.waiting++;
		const left = Promise.withResolvers<never>();
		const leave = () => left.reject(signal?.reason);
		signal?.addEventListener("abort", leave, { once: true });
		try {
			return await Promise.race([load.promise, left.promise]);
		} finally {
			signal?.removeEventListener("abort", leave);
			load.waiting--;
			if (load.waiting === 0) this.#stop(load);
		}
	}

	#stop(load: Load): void {
		for (const [key, running] of this.#loads)
			if (running === load) this.#loads.delete(key);
		// Nobody hears of its failure.
		load.promise.catch(() => {});
		load.stop.abort();
	}

	#keep(key: string, value: Kept): void {
		const bytes =
			200 +
			(value.chunk?.data.byteLength ?? 0) +
			(value.index?.byteLength ?? 0);
		const absent = !value.chunk && !value.index;
		const until = absent
			? performance.now() + absentFor
			: Number.POSITIVE_INFINITY;
		this.#bytes += bytes - (this.#entries.get(key)?.bytes ?? 0);
		this.#entries.delete(key);
		this.#entries.set(key, { value, bytes, until });
		for (const [oldest, entry] of this.#entries) {
			if (this.#bytes <= this.limit || this.#entries.size === 1) break;
			this.#entries.delete(oldest);
			this.#bytes -= entry.bytes;
		}
	}
}
