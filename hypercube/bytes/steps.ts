/**
 * A computation that stops only where a read is not answered at once. Written as a generator it is one code for near
 * and far sources: run over a local file it is plain synchronous code without a promise or a turn of the event loop.
 */
export type Steps<T> = Generator<Promise<void>, T, void>;

/** The value, when it is here; else stops until it is. */
export function* here<T>(value: T | Promise<T>): Steps<T> {
	if (!(value instanceof Promise)) return value;
	const box: T[] = [];
	yield value.then((one) => {
		box.push(one);
	});
	for (const one of box) return one;
	throw new Error("a computation was taken up before its promise was kept");
}

/** Runs to the end: at once if nothing stops it, else the promise of it. */
export function run<T>(steps: Steps<T>): T | Promise<T> {
	const step = steps.next();
	return step.done ? step.value : finish(steps, step.value);
}

async function finish<T>(steps: Steps<T>, first: Promise<void>): Promise<T> {
	let waiting = first;
	for (;;) {
		let step: IteratorResult<Promise<void>, T>;
		try {
			await waiting;
			step = steps.next();
		} catch (error) {
			// The computation may hold something to be given back.
			step = steps.throw(error);
		}
		if (step.done) return step.value;
		waiting = step.value;
	}
}
