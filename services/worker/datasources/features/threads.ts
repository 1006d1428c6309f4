import { Worker } from "node:worker_threads";
import { errorOf } from "./failure.ts";
import type { News, Order, Outline, Task } from "./protocol.ts";

/** What a thread may take of the heap before it is ended, in MiB; the process lives on. */
const heapMiB = 2048;
/** Chunks that are asked for before they are needed: the thread reads while another chunk is on its way. */
const ahead = 3;

/** A task that was worked out, and the bytes of its answer, which are read as they are taken. */
export interface Started {
	readonly outline: Outline;
	readonly stream: AsyncIterable<Uint8Array>;
	/** Fields that were read so far. */
	fields(): number;
}

/**
 * Threads that cut features out of fields, so that the event loop of the process stays free. Started when there is work;
 * tasks go to the one with the fewest.
 */
export class Threads implements AsyncDisposable {
	readonly #most: number;
	readonly #threads: Thread[] = [];

	/** @param most threads */
	constructor(most: number) {
		this.#most = most;
	}

	/** Works out a task and stays ready to read its answer. @throws RequestError, DatasourceError, the signal's reason */
	start(task: Task, signal: AbortSignal): Promise<Started> {
		return this.#idlest().start(task, signal);
	}

	/** Only works out what a task would take. @throws as `start` does */
	plan(task: Task, signal: AbortSignal): Promise<Outline> {
		return this.#idlest().plan(task, signal);
	}

	async [Symbol.asyncDispose](): Promise<void> {
		await Promise.all(this.#threads.splice(0).map((thread) => thread.end()));
	}

	#idlest(): Thread {
		const alive = this.#threads.filter(({ dead }) => !dead);
		this.#threads.splice(0, Number.POSITIVE_INFINITY, ...alive);
		const [idlest] = alive.toSorted((a, b) => a.tasks - b.tasks);
		if (idlest && (idlest.tasks === 0 || alive.length >= this.#most))
			return idlest;
		const thread = new Thread();
		this.#threads.push(thread);
		return thread;
	}
}

/** A task of a thread, on this side. */
interface Listener {
	hear(news: News): void;
	lose(reason: Error): void;
}

class Thread {
	readonly #worker: Worker;
	readonly #tasks = new Map<number, Listener>();
	#last = 0;
	dead = false;

	constructor() {
		this.#worker = new Worker(new URL("./thread.ts", import.meta.url), {
			resourceLimits: { maxOldGenerationSizeMb: heapMiB },
		});
		this.#worker.on("message", (news: News) =>
			this.#tasks.get(news.id)?.hear(news),
		);
		this.#worker.on("error", (reason) =>
			this.#lose(new Error("the thread that read it died", { cause: reason })),
		);
		this.#worker.on("exit", () => this.#lose(new Error("its thread ended")));
		// A thread without a task keeps no process from ending.
		this.#worker.unref();
	}

	get tasks(): number {
		return this.#tasks.size;
	}

	plan(task: Task, signal: AbortSignal): Promise<Outline> {
		return this.#begin({ task, dry: true }, signal).planned;
	}

	async start(task: Task, signal: AbortSignal): Promise<Started> {
		const begun = this.#begin({ task, dry: false }, signal);
		const outline = await begun.planned;
		return { outline, stream: begun.chunks, fields: begun.fields };
	}

	async end(): Promise<void> {
		this.dead = true;
		await this.#worker.terminate();
	}

	#begin({ task, dry }: { task: Task; dry: boolean }, signal: AbortSignal) {
		signal.throwIfAborted();
		this.#last += 1;
		const id = this.#last;
		const planned = Promise.withResolvers<Outline>();
		const inbox = new Inbox();
		let fields = 0;
		const tell = (order: Order) => this.#worker.postMessage(order);
		const leave = (): void => {
			this.#tasks.delete(id);
			signal.removeEventListener("abort", stop);
			if (this.#tasks.size === 0) this.#worker.unref();
		};
		const fail = (reason: unknown): void => {
			leave();
			planned.reject(reason);
			inbox.fail(reason);
		};
		const stop = (): void => {
			tell({ order: "stop", id });
			fail(signal.reason);
		};
		// Whoever only waits for the plan does not look at the chunks, and the other way round.
		planned.promise.catch(() => {});
		this.#tasks.set(id, {
			lose: fail,
			hear: (news) => {
				if (news.news === "planned") planned.resolve(news.outline);
				else if (news.news === "failed") fail(errorOf(news.failure));
				else if (news.news === "end") {
					leave();
					inbox.end();
				} else {
					fields = news.fields;
					inbox.put(news.bytes);
				}
			},
		});
		signal.addEventListener("abort", stop, { once: true });
		this.#worker.ref();
		tell({ order: "start", id, task, dry });
		const take = async function* () {
			try {
				for (let i = 0; i < ahead; i++) tell({ order: "more", id });
				for (;;) {
					const bytes = await inbox.take();
					if (bytes === undefined) return;
					tell({ order: "more", id });
					yield bytes;
				}
			} finally {
				tell({ order: "stop", id });
				leave();
			}
		};
		return { planned: planned.promise, chunks: take(), fields: () => fields };
	}

	#lose(reason: Error): void {
		this.dead = true;
		for (const task of [...this.#tasks.values()]) task.lose(reason);
	}
}

/** Chunks on their way from a thread to who takes them: never more than were asked for. */
class Inbox {
	readonly #chunks: Uint8Array[] = [];
	#over: { readonly reason?: unknown } | undefined;
	#wake: () => void = () => {};

	put(bytes: Uint8Array): void {
		this.#chunks.push(bytes);
		this.#wake();
	}

	end(): void {
		this.#over ??= {};
		this.#wake();
	}

	fail(reason: unknown): void {
		this.#over ??= { reason };
		this.#wake();
	}

	/** Undefined at the end. @throws what it failed with */
	async take(): Promise<Uint8Array | undefined> {
		for (;;) {
			if (this.#over && "reason" in this.#over) throw this.#over.reason;
			const chunk = this.#chunks.shift();
			if (chunk) return chunk;
			if (this.#over) return undefined;
			await new Promise<void>((resolve) => {
				this.#wake = resolve;
			});
		}
	}
}
