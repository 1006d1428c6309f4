import { describe, expect, it } from "vitest";
import type { DispatchMessage, Queue } from "./queue.ts";

const message = (requestId: string): DispatchMessage => ({
	requestId,
	attempt: 1,
	collection: "echo",
	traceparent: "",
});
const ids = (deliveries: readonly { message: DispatchMessage }[]) =>
	deliveries.map((d) => d.message.requestId);
const patience = () => AbortSignal.timeout(20_000);

/** What every queue promises. `open` gives an empty one with a short time to acknowledge and a capacity of 100. */
export function queueContract(name: string, open: () => Promise<Queue>): void {
	describe(`queue: ${name}`, () => {
		it("delivers in the order of publication", async () => {
			await using queue = await open();
			for (const id of ["a", "b", "c"]) await queue.publish(id, message(id));
			expect(ids(await queue.take(2, patience()))).toEqual(["a", "b"]);
			expect(ids(await queue.take(2, patience()))).toEqual(["c"]);
		});

		it("wakes a consumer that waits", async () => {
			await using queue = await open();
			const taken = queue.take(1, patience());
			await queue.publish("a", message("a"));
			expect(ids(await taken)).toEqual(["a"]);
		});

		it("adds a message id only once, also after it was acknowledged", async () => {
			await using queue = await open();
			expect(await queue.publish("a", message("a"))).toBe(true);
			expect(await queue.publish("a", message("a"))).toBe(false);
			for (const delivery of await queue.take(5, patience())) delivery.ack();
			expect(await queue.publish("a", message("a"))).toBe(false);
		});

		it("delivers again what was not acknowledged in time, and counts", async () => {
			await using queue = await open();
			await queue.publish("a", message("a"));
			expect((await queue.take(1, patience()))[0]?.deliveries).toBe(1);
			const [again] = await queue.take(1, patience());
			expect(again?.message.requestId).toBe("a");
			expect(again?.deliveries).toBe(2);
		});

		it("delivers again at once what was given back", async () => {
			await using queue = await open();
			await queue.publish("a", message("a"));
			(await queue.take(1, patience()))[0]?.nack();
			expect((await queue.take(1, patience()))[0]?.deliveries).toBe(2);
		});

		it("forgets what was acknowledged; giving it back then is no error", async () => {
			await using queue = await open();
			await queue.publish("a", message("a"));
			const [delivery] = await queue.take(1, patience());
			delivery?.ack();
			delivery?.nack();
			await queue.publish("b", message("b"));
			expect(ids(await queue.take(5, patience()))).toEqual(["b"]);
		});

		it("refuses when it is full", async () => {
			await using queue = await open();
			for (let i = 0; i < 100; i++)
				await queue.publish(`${i}`, message(`${i}`));
			await expect(queue.publish("100", message("100"))).rejects.toThrow(
				/100 messages/,
			);
		});

		it("ends a wait with its signal", async () => {
			await using queue = await open();
			const stop = new AbortController();
			const taken = queue.take(1, stop.signal);
			stop.abort();
			expect(await taken).toEqual([]);
		});
	});
}
