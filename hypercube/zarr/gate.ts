interface Waiting {
	readonly weight: number;
	readonly enter: () => void;
}

/** Lets a few pass at a time, and no more than weigh so much together; one alone may weigh more. */
export class Gate {
	readonly #most: number;
	readonly #capacity: number;
	readonly #waiting = new Set<Waiting>();
	#inside = 0;
	#weight = 0;

	constructor(most: number, capacity: number) {
		this.#most = most;
		this.#capacity = capacity;
	}

	/** Runs `work` when there is room. @throws the signal's reason */
	async run<T>(
		weight: number,
		signal: AbortSignal,
		work: () => Promise<T>,
	): Promise<T> {
		await this.#enter(weight, signal);
		try {
			return await work();
		} finally {
			this.#inside--;
			this.#weight -= weight;
			this.#admit();
		}
	}

	async #enter(weight: number, signal: AbortSignal): Promise<void> {
		signal.throwIfAborted();
		const entered = Promise.withResolvers<void>();
		const waiting = { weight, enter: entered.resolve };
		const leave = () => {
			if (this.#waiting.delete(waiting)) entered.reject(signal.reason);
		};
		this.#waiting.add(waiting);
		signal.addEventListener("abort", leave, { once: true });
		this.#admit();
		try {
			await entered.promise;
		} finally {
			signal.removeEventListener("abort", leave);
		}
	}

	/** In their order: a heavy one is not passed by light ones for ever. */
	#admit(): void {
		for (const waiting of this.#waiting) {
			const fits = this.#weight + waiting.weight <= this.#capacity;
			if (this.#inside >= this.#most || (this.#inside > 0 && !fits)) return;
			this.#waiting.delete(waiting);
			this.#inside++;
			this.#weight += waiting.weight;
			waiting.enter();
		}
	}
}
