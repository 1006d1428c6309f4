/** Chunks on their way from a thread to who takes them: never more than were asked for. */
export class Inbox {
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
