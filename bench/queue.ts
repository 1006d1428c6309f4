import { randomUUID } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { AckPolicy, connect, RetentionPolicy } from "nats";
import { openLog } from "../services/platform/log.ts";
import { openJetStream } from "../services/platform/nats/jetstream.ts";
import type { DispatchMessage } from "../services/platform/queue/queue.ts";
import { type TestNats, testNats } from "../test/kit/nats.ts";
import { type Benchmark, quantile } from "./measure.ts";

/** Messages published at once, as by a broker that admits a batch; and taken at once. */
const BATCH = 64;
const COUNT = 300 * BATCH;
/** Messages sent one after the other, each to a consumer that waits. */
const SINGLE = 500;
/** Each is measured so often, in turn; the best counts, since other work on the machine only slows. */
const ROUNDS = 3;

/** Dispatches through our port beside the bare client: published, taken, acknowledged, in one process. */
export const queue: Benchmark = {
	name: "queue",
	async run() {
		await using nats = await testNats();
		const rates: Record<"ours" | "bare", number[]> = { ours: [], bare: [] };
		const waits: Record<"ours" | "bare", number[]> = { ours: [], bare: [] };
		for (let round = 0; round < ROUNDS; round++) {
			for (const [kind, open] of [
				["ours", ours],
				["bare", bare],
			] as const) {
				await using way = await open(nats);
				rates[kind].push(await rateOf(way));
				waits[kind].push(await waitOf(way));
			}
		}
		return [
			{
				name: "dispatches through the queue",
				value: Math.max(...rates.ours),
				unit: "/s",
				baseline: Math.max(...rates.bare),
				goals: [{ at: "least", bound: 0.5, of: "ratio" }],
			},
			{
				name: "dispatch to a waiting worker, p50",
				value: Math.min(...waits.ours),
				unit: "ms",
				baseline: Math.min(...waits.bare),
			},
		];
	},
};

/** One way from a publisher to a consumer. */
interface Way extends AsyncDisposable {
	publish(message: DispatchMessage): Promise<unknown>;
	/** Takes at most so many, acknowledges them, and gives their number. */
	take(most: number): Promise<number>;
}

/** Messages a second, published by one end while the other takes them. */
async function rateOf(way: Way): Promise<number> {
	const from = performance.now();
	const publishing = (async () => {
		for (let sent = 0; sent < COUNT; sent += BATCH)
			await Promise.all(
				Array.from({ length: BATCH }, () => way.publish(message())),
			);
	})();
	for (let taken = 0; taken < COUNT; ) taken += await way.take(BATCH);
	await publishing;
	return (COUNT / (performance.now() - from)) * 1000;
}

/** Milliseconds from publishing until a consumer that waits has the message; the median. */
async function waitOf(way: Way): Promise<number> {
	const waits: number[] = [];
	for (let n = 0; n < SINGLE; n++) {
		const taken = way.take(1).then(() => performance.now());
		await pause(1);
		const from = performance.now();
		await way.publish(message());
		waits.push((await taken) - from);
	}
	return quantile(waits, 0.5);
}

const message = (): DispatchMessage => ({
	requestId: randomUUID(),
	attempt: 1,
	collection: "echo",
	pool: "default",
	traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
});
const idOf = ({ requestId, attempt }: DispatchMessage): string =>
	`${requestId}/${attempt}`;

async function ours({ url }: TestNats): Promise<Way> {
	const queue = await openJetStream(
		{
			nats: { url },
			name: `ours-${randomUUID().slice(0, 8)}`,
			pools: ["default"],
			replicas: 1,
			capacity: 100_000,
			inHand: 10_000,
			ackWaitMs: 30_000,
			maxDeliver: 20,
			dedupeMs: 120_000,
		},
		openLog("warn", { out: process.stderr }),
	);
	const patience = AbortSignal.timeout(600_000);
	return {
		publish: (one) => queue.publish(idOf(one), one),
		async take(most) {
			const deliveries = await queue.take(["default"], most, patience);
			for (const delivery of deliveries) delivery.ack();
			return deliveries.length;
		},
		[Symbol.asyncDispose]: () => queue[Symbol.asyncDispose](),
	};
}

/** Messages a second that the library's own publish, fetch and ack carry on this server. */
export async function bareRate(nats: Pick<TestNats, "url">): Promise<number> {
	await using way = await bare(nats);
	return await rateOf(way);
}

/** The library's own publish, fetch and ack, on a stream of the same kind. */
async function bare({ url }: Pick<TestNats, "url">): Promise<Way> {
	const nc = await connect({ servers: url.replace("nats://", "") });
	const jsm = await nc.jetstreamManager();
	const name = `bare-${randomUUID().slice(0, 8)}`;
	await jsm.streams.add({
		name,
		subjects: [`${name}.>`],
		retention: RetentionPolicy.Workqueue,
	});
	await jsm.consumers.add(name, {
		durable_name: "worker",
		ack_policy: AckPolicy.Explicit,
		max_ack_pending: 10_000,
	});
	const js = nc.jetstream();
	const consumer = await js.consumers.get(name, "worker");
	return {
		publish: (one) =>
			js.publish(`${name}.default`, JSON.stringify(one), { msgID: idOf(one) }),
		async take(most) {
			let taken = 0;
			for await (const one of await consumer.fetch({ max_messages: most })) {
				one.ack();
				taken += 1;
			}
			return taken;
		},
		[Symbol.asyncDispose]: () => nc.close(),
	};
}
