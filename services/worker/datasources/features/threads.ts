import type { Outline, Task } from "./protocol.ts";
import {
	type Started,
	type ThreadOptions,
	WorkerThread,
} from "./worker-thread.ts";

/** Two gibibytes; and as long as the largest heap is tidied up, no thread hears anything. */
const usual: ThreadOptions = {
	heapMiB: 2048,
	patienceMs: 20_000,
	onDeath: () => {},
};

/**
 * Threads that cut features out of fields, so that the event loop of the process stays free. One is started beforehand,
 * others when there is work, anew where one has died; tasks go to the one with the fewest.
 */
export class Threads implements AsyncDisposable {
	readonly #most: number;
	readonly #options: ThreadOptions;
	readonly #threads: WorkerThread[] = [];
	#warming: NodeJS.Timeout | undefined;

	/** @param most threads */
	constructor(most: number, options: Partial<ThreadOptions> = {}) {
		this.#most = most;
		this.#options = { ...usual, ...options };
	}

	/** Threads that run, or are being started. */
	get count(): number {
		return this.#threads.filter(({ dead }) => !dead).length;
	}

	/**
	 * Starts a thread in a while, so that the first task does not wait for one: loading its code takes half a second, and
	 * whatever else is being started now shall have that time.
	 *
	 * @param delay milliseconds
	 */
	warm(delay = 1000): void {
		this.#warming ??= setTimeout(() => {
			if (this.#threads.length === 0)
				this.#threads.push(new WorkerThread(this.#options));
		}, delay).unref();
	}

	/** Works out a task and stays ready to read its answer. @throws RequestError, DatasourceError, the signal's reason */
	start(task: Task, signal: AbortSignal): Promise<Started> {
		return this.#idlest().start(task, signal);
	}

	/** Only works out what a task would take. @throws as `start` does */
	plan(task: Task, signal: AbortSignal): Promise<Outline> {
		return this.#idlest().plan(task, signal);
	}

	/** Learns of all messages what their first reader would. @throws as `start` does */
	learn(
		source: Extract<Task["source"], { kind: "archive" }>,
		signal: AbortSignal,
	): Promise<void> {
		return this.#idlest().learn(source, signal);
	}

	async [Symbol.asyncDispose](): Promise<void> {
		clearTimeout(this.#warming);
		await Promise.all(this.#threads.splice(0).map((thread) => thread.end()));
	}

	#idlest(): WorkerThread {
		const alive = this.#threads.filter(({ dead }) => !dead);
		this.#threads.splice(0, Number.POSITIVE_INFINITY, ...alive);
		const [idlest] = alive.toSorted((a, b) => a.tasks - b.tasks);
		if (idlest && (idlest.tasks === 0 || alive.length >= this.#most))
			return idlest;
		const thread = new WorkerThread(this.#options);
		this.#threads.push(thread);
		return thread;
	}
}
