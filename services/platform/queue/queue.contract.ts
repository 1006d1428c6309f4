import { describe, expect, it } from "vitest";
import { until } from "../../../test/kit/until.ts";
import type { DispatchMessage, Queue, Trouble } from "./queue.ts";

const message = (requestId: string, pool = "one"): DispatchMessage => ({
	requestId,
	attempt: 1,
	collection: "echo",
	pool,
	traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
});
const ids = (deliveries: readonly { message: DispatchMessage }[]) =>
	deliveries.map((d) => d.message.requestId);
const patience = () => AbortSignal.timeout(20_000);
const ONE = ["one"];
const BOTH = ["one", "two"];

/** What a suite asks of the queue that it opens. */
export const CONTRACT_LIMITS = {
	ackWaitMs: 100,
	maxDeliver: 3,
	dedupeMs: 60_000,
	capacity: 100,
	inHand: 50,
	pools: BOTH,
} as const;

/** What every queue promises. `open` gives an empty one with the limits above. */
export function queueContract(name: string, open: () => Promise<Queue>): void {
	const publish = async (queue: Queue, ...names: readonly string[]) => {
		for (const id of names) await queue.publish(id, message(id));
	};

	describe(`queue: ${name}`, () => {
		it("delivers what was published, in its order", async () => {
			await using queue = await open();
			await publish(queue, "a", "b", "c");
			const [first, ...others] = await queue.take(ONE, 2, patience());
			expect(first?.message).toEqual(message("a"));
			expect(first?.deliveries).toBe(1);
			expect(ids(others)).toEqual(["b"]);
			for (const delivery of [first, ...others]) delivery?.ack();
			expect(ids(await queue.take(ONE, 2, patience()))).toEqual(["c"]);
		});

		it("keeps the order of what is published at the same time", async () => {
			await using queue = await open();
			const names = Array.from({ length: 40 }, (_, n) => `${n}`);
			await Promise.all(names.map((id) => queue.publish(id, message(id))));
			const taken: string[] = [];
			while (taken.length < 40) {
				const some = await queue.take(ONE, 7, patience());
				// Before its time is up, which is short here: else it comes again.
				for (const delivery of some) delivery.ack();
				taken.push(...ids(some));
			}
			expect(taken).toEqual(names);
		});

		it("wakes a consumer that waits", async () => {
			await using queue = await open();
			const taken = queue.take(ONE, 1, patience());
			await publish(queue, "a");
			expect(ids(await taken)).toEqual(["a"]);
		});

		it("gives each message to one of those who wait", async () => {
			await using queue = await open();
			const takes = [1, 2, 3].map(() => queue.take(ONE, 1, patience()));
			await publish(queue, "a", "b", "c");
			const taken = await Promise.all(takes);
			expect(taken.flatMap(ids).toSorted()).toEqual(["a", "b", "c"]);
		});

		it("adds a message id only once, also after it was acknowledged", async () => {
			await using queue = await open();
			expect(await queue.publish("a", message("a"))).toBe(true);
			expect(await queue.publish("a", message("a"))).toBe(false);
			for (const one of await queue.take(ONE, 5, patience())) one.ack();
			expect(await queue.publish("a", message("a"))).toBe(false);
		});

		it("delivers again what was not acknowledged in time, and counts", async () => {
			await using queue = await open();
			await publish(queue, "a");
			const [first] = await queue.take(ONE, 1, patience());
			expect(first?.deliveries).toBe(1);
			const [again] = await queue.take(ONE, 1, patience());
			expect(again?.message.requestId).toBe("a");
			expect(again?.deliveries).toBe(2);
		});

		it("delivers again at once what was given back", async () => {
			await using queue = await open();
			await publish(queue, "a");
			(await queue.take(ONE, 1, patience()))[0]?.nack();
			const [again] = await queue.take(ONE, 1, patience());
			expect(again?.deliveries).toBe(2);
		});

		it("forgets what was acknowledged; giving it back then is no error", async () => {
			await using queue = await open();
			await publish(queue, "a");
			const [delivery] = await queue.take(ONE, 1, patience());
			delivery?.ack();
			delivery?.nack();
			delivery?.ack();
			await publish(queue, "b");
			expect(ids(await queue.take(ONE, 5, patience()))).toEqual(["b"]);
		});

		it("gives up what was delivered often enough, and tells", async () => {
			await using queue = await open();
			const troubles: Trouble[] = [];
			const told = Promise.withResolvers<void>();
			using _ = queue.onTrouble((trouble) => {
				if (trouble.kind !== "undeliverable") return;
				troubles.push(trouble);
				told.resolve();
			});
			await publish(queue, "a");
			for (let n = 1; n <= 3; n++) {
				const [delivery] = await queue.take(ONE, 1, patience());
				expect(delivery?.deliveries).toBe(n);
				delivery?.nack();
			}
			const stop = new AbortController();
			const nothing = queue.take(ONE, 1, stop.signal);
			await told.promise;
			expect(troubles).toEqual([
				{ kind: "undeliverable", message: message("a") },
			]);
			stop.abort();
			expect(await nothing).toEqual([]);
			expect(await queue.publish("a again", message("a"))).toBe(true);
			const [again] = await queue.take(ONE, 1, patience());
			expect(again?.deliveries).toBe(1);
		});

		it("refuses when it is full, and takes again when there is room", async () => {
			await using queue = await open();
			for (let i = 0; i < 100; i++) await publish(queue, `${i}`);
			await expect(queue.publish("100", message("100"))).rejects.toThrow(
				/100 messages/,
			);
			for (const one of await queue.take(ONE, 1, patience())) one.ack();
			await expect
				.poll(() => queue.publish("100", message("100")).catch(() => false))
				.toBe(true);
		});

		it("lets no more be in hand than it may", async () => {
			await using queue = await open();
			for (let i = 0; i < 60; i++) await publish(queue, `${i}`);
			const first = await queue.take(ONE, 50, patience());
			expect(first).toHaveLength(50);
			const second = queue.take(ONE, 50, patience());
			for (const one of first.slice(0, 10)) one.ack();
			const more = await second;
			expect(more.length).toBeGreaterThan(0);
			expect(more.length).toBeLessThanOrEqual(50);
		});

		it("keeps pools apart, and serves several to whoever wants them", async () => {
			await using queue = await open();
			await queue.publish("1", message("1", "one"));
			await queue.publish("2", message("2", "two"));
			const two = await queue.take(["two"], 5, patience());
			expect(ids(two)).toEqual(["2"]);
			for (const one of two) one.ack();
			await queue.publish("3", message("3", "two"));
			const taken: string[] = [];
			while (taken.length < 2) {
				for (const one of await queue.take(BOTH, 5, patience())) {
					taken.push(one.message.requestId);
					one.ack();
				}
			}
			expect(taken.toSorted()).toEqual(["1", "3"]);
		});

		it("wakes whoever waits for several pools by any of them", async () => {
			await using queue = await open();
			for (const pool of ["two", "one", "two"]) {
				const taken = queue.take(BOTH, 1, patience());
				await queue.publish(crypto.randomUUID(), message(pool, pool));
				const [delivery] = await taken;
				expect(delivery?.message.pool).toBe(pool);
				delivery?.ack();
			}
		});

		it("says what lies there for each pool, and what is in hand", async () => {
			await using queue = await open();
			await publish(queue, "a", "b", "c");
			await queue.publish("d", message("d", "two"));
			const depth = async (wanted: string) =>
				(await queue.depths()).find(({ pool }) => pool === wanted);
			expect(await depth("one")).toEqual({
				pool: "one",
				pending: 3,
				inHand: 0,
			});
			const [first] = await queue.take(ONE, 1, patience());
			expect(await depth("one")).toEqual({
				pool: "one",
				pending: 2,
				inHand: 1,
			});
			expect(await depth("two")).toEqual({
				pool: "two",
				pending: 1,
				inHand: 0,
			});
			first?.ack();
			await until("it is forgotten", async () => {
				const { inHand } = (await depth("one")) ?? {};
				return inHand === 0;
			});
		});

		it("ends a wait with its signal", async () => {
			await using queue = await open();
			const stop = new AbortController();
			const taken = queue.take(ONE, 1, stop.signal);
			stop.abort();
			expect(await taken).toEqual([]);
			await publish(queue, "a");
			expect(ids(await queue.take(ONE, 1, patience()))).toEqual(["a"]);
		});
	});
}
