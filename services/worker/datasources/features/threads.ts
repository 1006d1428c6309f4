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
 * Threads that cut features out of fields, so that the event loop of the process stays free. Started when there is work,
 * anew where one has died; tasks go to the one with the fewest.
 */
export class Threads implements AsyncDisposable {
	readonly #most: number;
	readonly #options: ThreadOptions;
	readonly #threads: WorkerThread[] = [];

	/** @param most threads */
	constructor(most: number, options: Partial<ThreadOptions> = {}) {
		this.#most = most;
		this.#options = { ...usual, ...options };
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
