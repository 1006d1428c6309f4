import { afterAll, beforeAll, expect, test } from "vitest";
import { openTestStore, type TestStore } from "../../test/kit/store.ts";
import { openMemoryQueue } from "../platform/queue/memory.ts";
import { dispatchQueued, dispatchUnsure } from "./dispatching.ts";

let it: TestStore;
beforeAll(async () => {
	it = await openTestStore();
});
afterAll(() => it[Symbol.asyncDispose]());

/** A broker that has heard of the store's time late. */
function broker(lateMs: number) {
	const queue = openMemoryQueue({
		ackWaitMs: 60_000,
		maxDeliver: 5,
		dedupeMs: 60_000,
		capacity: 1_000,
		inHand: 1_000,
	});
	const clock = { now: () => it.clock.ms - lateMs };
	return { queue, clock, store: it.store, poolOf: () => "default" };
}

test.each([
	[
		"when it is unsure what was sent",
		(ctx: ReturnType<typeof broker>) => dispatchUnsure(ctx, ctx.clock.now()),
	],
	[
		"when the queue has lost all it had",
		(ctx: ReturnType<typeof broker>) => dispatchQueued(ctx, 0),
	],
])(
	"a broker whose clock is late rings for what was admitted just now, %s",
	async (_, again) => {
		const at = it.own();
		const { id } = await it.submit(at);
		await it.admit(at, 1);
		const ctx = broker(2_000);
		await again(ctx);
		const taken = await ctx.queue.take(
			["default"],
			100,
			AbortSignal.timeout(5_000),
		);
		expect(taken.map(({ message }) => message.requestId)).toContain(id);
		await ctx.queue[Symbol.asyncDispose]();
	},
);
