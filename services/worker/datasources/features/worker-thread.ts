import { Worker } from "node:worker_threads";
import { errorOf } from "./failure.ts";
import { Inbox } from "./inbox.ts";
import { type Death, lostBy } from "./lost.ts";
import type { News, Order, Outline, Task } from "./protocol.ts";

/** Chunks that are asked for before they are needed: the thread reads while another chunk is on its way. */
const ahead = 3;

/** A task that was worked out, and the bytes of its answer, which are read as they are taken. */
export interface Started {
	readonly outline: Outline;
	readonly stream: AsyncIterable<Uint8Array>;
	/** Fields that were read so far. */
	fields(): number;
}

export interface ThreadOptions {
	/** What a thread may take of the heap before it is ended, in MiB; the process lives on. */
	readonly heapMiB: number;
	/** Milliseconds in which a thread must hear that a task is to stop; else it is ended. */
	readonly patienceMs: number;
	/** A thread has died. */
	readonly onDeath: (death: Death) => void;
}

/** A task of a thread, on this side. */
interface Listener {
	hear(news: News): void;
	lose(reason: Error): void;
}

/** One thread that cuts features out of fields, and its tasks. */
export class WorkerThread {
	readonly #options: ThreadOptions;
	readonly #worker: Worker;
	readonly #tasks = new Map<number, Listener>();
	/** Tasks that were told to stop and still run: a long reckoning hears nothing. */
	readonly #stopping = new Map<number, NodeJS.Timeout>();
	#last = 0;
	dead = false;

	constructor(options: ThreadOptions) {
		this.#options = options;
		this.#worker = new Worker(new URL("./thread.ts", import.meta.url), {
			resourceLimits: { maxOldGenerationSizeMb: options.heapMiB },
		});
		this.#worker.on("message", (news: News) => this.#hear(news));
		this.#worker.on("error", (error) => this.#die({ kind: "error", error }));
		this.#worker.on("exit", () => this.#die({ kind: "exit" }));
		// A thread without a task keeps no process from ending.
		this.#worker.unref();
	}

	/** How many tasks it has to do. */
	get tasks(): number {
		return this.#tasks.size + this.#stopping.size;
	}

	plan(task: Task, signal: AbortSignal): Promise<Outline> {
		return this.#begin({ task, dry: true }, signal).planned;
	}

	async start(task: Task, signal: AbortSignal): Promise<Started> {
		const begun = this.#begin({ task, dry: false }, signal);
		const outline = await begun.planned;
		return { outline, stream: begun.chunks, fields: begun.fields };
	}

	/** Resolves when all is learnt. */
	async learn(
		source: (Order & { order: "learn" })["source"],
		signal: AbortSignal,
	): Promise<void> {
		signal.throwIfAborted();
		const learnt = Promise.withResolvers<void>();
		this.#last += 1;
		const id = this.#last;
		const stop = (): void => {
			this.#stop(id);
			learnt.reject(signal.reason);
		};
		this.#tasks.set(id, {
			lose: learnt.reject,
			hear: (news) => {
				if (news.news === "failed") learnt.reject(errorOf(news.failure));
				else learnt.resolve();
			},
		});
		signal.addEventListener("abort", stop, { once: true });
		this.#worker.postMessage({ order: "learn", id, source } satisfies Order);
		try {
			await learnt.promise;
		} finally {
			this.#tasks.delete(id);
			signal.removeEventListener("abort", stop);
			this.#restIfIdle();
		}
	}

	async end(): Promise<void> {
		this.#lose(lostBy({ kind: "exit" }));
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
			this.#restIfIdle();
		};
		const fail = (reason: unknown): void => {
			leave();
			planned.reject(reason);
			inbox.fail(reason);
		};
		const stop = (): void => {
			this.#stop(id);
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
				} else if (news.news === "chunk") {
					fields = news.fields;
					inbox.put(news.bytes);
				}
			},
		});
		signal.addEventListener("abort", stop, { once: true });
		this.#worker.ref();
		tell({ order: "start", id, task, dry });
		const take = async function* (end: () => void) {
			try {
				for (let i = 0; i < ahead; i++) tell({ order: "more", id });
				for (;;) {
					const bytes = await inbox.take();
					if (bytes === undefined) return;
					tell({ order: "more", id });
					yield bytes;
				}
			} finally {
				end();
				leave();
			}
		};
		const chunks = take(() => this.#stop(id));
		return { planned: planned.promise, chunks, fields: () => fields };
	}

	/** Tells the thread that nobody waits for a task any more, if it still does it. */
	#stop(id: number): void {
		if (!this.#tasks.delete(id)) return;
		const { patienceMs } = this.#options;
		const deaf = (): void => {
			this.#die({ kind: "deaf", forMs: patienceMs });
			void this.#worker.terminate();
		};
		this.#stopping.set(id, setTimeout(deaf, patienceMs).unref());
		this.#worker.postMessage({ order: "stop", id } satisfies Order);
	}

	#hear(news: News): void {
		if (news.news === "heard") clearTimeout(this.#stopping.get(news.id));
		else if (this.#stopping.has(news.id)) this.#hearLast(news);
		else this.#tasks.get(news.id)?.hear(news);
	}

	#hearLast({ news, id }: News): void {
		if (news !== "end" && news !== "failed") return;
		clearTimeout(this.#stopping.get(id));
		this.#stopping.delete(id);
		this.#restIfIdle();
	}

	#restIfIdle(): void {
		if (this.tasks === 0) this.#worker.unref();
	}

	#die(death: Death): void {
		if (this.dead) return;
		this.#lose(lostBy(death));
		this.#options.onDeath(death);
	}

	#lose(reason: Error): void {
		this.dead = true;
		for (const timer of this.#stopping.values()) clearTimeout(timer);
		this.#stopping.clear();
		for (const task of [...this.#tasks.values()]) task.lose(reason);
	}
}
