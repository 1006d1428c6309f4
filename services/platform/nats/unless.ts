/** What the promise gives, or the signal's reason should that fire first. */
export function unless<T>(gone: AbortSignal, promise: Promise<T>): Promise<T> {
	return new Promise((resolve, reject) => {
		const end = (): void => reject(gone.reason);
		gone.addEventListener("abort", end);
		if (gone.aborted) end();
		promise
			.then(resolve, reject)
			.finally(() => gone.removeEventListener("abort", end));
	});
}
