/** A few promises under way at a time, in no order. */
export class Few {
	readonly #most: number;
	readonly #running = new Set<Promise<void>>();
	#failed: { readonly reason: unknown } | undefined;

	constructor(most: number) {
		this.#most = most;
	}

	/** Resolves when there is room for another one. @throws what one of them failed with */
	async add(work: Promise<void>): Promise<void> {
		const running = work.then(
			() => void this.#running.delete(running),
			(reason: unknown) => {
				this.#running.delete(running);
				this.#failed ??= { reason };
			},
		);
		this.#running.add(running);
		while (this.#running.size >= this.#most && !this.#failed)
			await Promise.race(this.#running);
		this.#check();
	}

	/** Resolves when none is under way any more. @throws as `add` does, when one has failed */
	async all(): Promise<void> {
		while (this.#running.size > 0 && !this.#failed)
			await Promise.race(this.#running);
		this.#check();
	}

	#check(): void {
		if (this.#failed) throw this.#failed.reason;
	}
}
