import { parentPort } from "node:worker_threads";
import type { Reading } from "../../../../hypercube/cube/reading.ts";
import { failureOf } from "./failure.ts";
import { learn, type Prepared, prepare } from "./prepare.ts";
import type { News, Order } from "./protocol.ts";

/** Milliseconds of work after which others have their turn, and orders are heard. */
const turn = 10;

if (parentPort === null) throw new Error("this runs as a worker thread");
const port = parentPort;
const tell = (news: News, transfer: ArrayBuffer[] = []): void =>
	port.postMessage(news, transfer);

/** A task that is being done. */
interface Running {
	/** Chunks that the receiver wants and has not got. */
	wanted: number;
	stopped: boolean;
	wake: () => void;
	/** Ends what is being read of a server. */
	readonly reading: AbortController;
}

const running = new Map<number, Running>();

port.on("message", (order: Order) => {
	const task = running.get(order.id);
	switch (order.order) {
		case "start":
			void run(order.id, async (state, check) => {
				const { signal } = state.reading;
				const prepared = await prepare(order.task, { check, signal });
				const { outline } = prepared;
				tell({ news: "planned", id: order.id, outline });
				if (!order.dry) await send(order.id, state, prepared);
			});
			return;
		case "learn":
			void run(order.id, (_, check) => learn(order.source, check));
			return;
		case "more":
			if (task) task.wanted += 1;
			task?.wake();
			return;
		case "stop":
			tell({ news: "heard", id: order.id });
			if (task) task.stopped = true;
			task?.reading.abort(new Stopped());
			task?.wake();
	}
});

class Stopped extends Error {}

/** Does a task, gives others their turn meanwhile, and tells how it ended. */
async function run(
	id: number,
	work: (state: Running, check: Reading["check"]) => Promise<void>,
): Promise<void> {
	const state: Running = {
		wanted: 0,
		stopped: false,
		wake: () => {},
		reading: new AbortController(),
	};
	running.set(id, state);
	let since = performance.now();
	const check = (): void | Promise<void> => {
		if (state.stopped) throw new Stopped();
		if (performance.now() - since < turn) return undefined;
		return new Promise((resolve) => {
			setImmediate(() => {
				since = performance.now();
				resolve();
			});
		});
	};
	try {
		await work(state, check);
		tell({ news: "end", id });
	} catch (error) {
		tell(
			error instanceof Stopped
				? { news: "end", id }
				: { news: "failed", id, failure: failureOf(error) },
		);
	} finally {
		running.delete(id);
	}
}

/** Nothing is read that nobody has asked for. */
async function send(
	id: number,
	state: Running,
	{ answer }: Prepared,
): Promise<void> {
	const chunks = answer.stream()[Symbol.asyncIterator]();
	try {
		for (;;) {
			await wanted(state);
			const { done, value } = await chunks.next();
			if (done) return;
			state.wanted -= 1;
			tell({ news: "chunk", id, bytes: value, fields: answer.fieldsRead() }, [
				value.buffer,
			]);
		}
	} finally {
		await chunks.return?.(undefined);
	}
}

async function wanted(state: Running): Promise<void> {
	while (state.wanted === 0 && !state.stopped)
		await new Promise<void>((resolve) => {
			state.wake = resolve;
		});
	if (state.stopped) throw new Stopped();
}
