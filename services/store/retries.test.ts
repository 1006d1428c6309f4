import {
	durationFromMs,
	durationMs,
	timestampDate,
} from "@bufbuild/protobuf/wkt";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Status } from "../../gen/polytope/store/v1/store_pb.js";
import {
	attemptsOf,
	LEASE,
	openTestStore,
	type Place,
	type TestAttempt,
	type TestStore,
} from "../../test/kit/store.ts";

let test: TestStore;

beforeAll(async () => {
	test = await openTestStore();
});
afterAll(() => test[Symbol.asyncDispose]());

const FIRST = 1_000;
const MOST = 5_000;

const temporary = (
	it_: Pick<TestAttempt, "id" | "attempt">,
	more: { times?: number; leastMs?: number } = {},
) => ({
	attempt: { requestId: it_.id, attempt: it_.attempt },
	outcome: {
		case: "temporary" as const,
		value: {
			reason: "The archive is down",
			first: durationFromMs(FIRST),
			most: durationFromMs(MOST),
			least: durationFromMs(more.leastMs ?? 0),
			times: more.times ?? 5,
		},
	},
});
const lanes = async (at: Place) =>
	(await test.store.lanes({ collections: [at.collection], limit: 10 })).lanes;
const nextDue = async () => {
	const { next } = await test.store.ripen({ limit: 1000 });
	return next === undefined ? undefined : durationMs(next);
};
/** Takes what waits in the lane up to processing. */
async function again(at: Place): Promise<TestAttempt> {
	const [dispatch] = await test.admit(at, 1);
	if (dispatch === undefined) throw new Error("nothing was admitted");
	const { claimed } = await test.store.claim({
		workerId: "w",
		attempts: attemptsOf([dispatch]),
		lease: LEASE,
	});
	return {
		id: dispatch.requestId,
		attempt: dispatch.attempt,
		key: claimed[0]?.stagingKey ?? "",
	};
}

describe("an attempt that met a temporary fault", () => {
	it("waits unseen until it is due, and is then the first again", async () => {
		const { store, clock } = test;
		const at = test.own();
		const it_ = await test.processing(at);
		expect(
			(await store.settle({ settlements: [temporary(it_)] })).lost,
		).toEqual([]);
		const later = await test.submit(at);
		const deferred = await test.get(it_.id);
		expect(deferred).toMatchObject({ status: Status.WAITING, retries: 1 });
		expect(deferred.userMessage).toMatch(
			/^The archive is down \(tried again at 2025-01-01 .* UTC, retry 1 of 5\)$/,
		);
		expect(deferred.history.at(-1)?.reason).toBe(deferred.userMessage);
		expect(await lanes(at)).toMatchObject([
			{ waiting: 1n, inFlight: 0n, headSeq: later.seq },
		]);
		expect((await store.counts({ userId: at.userId })).counts).toMatchObject([
			{ waiting: 1n, deferred: 1n, inFlight: 0n },
		]);
		expect(await test.healed()).toBe(0);

		const due = await nextDue();
		expect(due).toBeGreaterThanOrEqual(FIRST / 2);
		expect(due).toBeLessThanOrEqual(FIRST);
		clock.ms += (due ?? 0) - 1;
		expect(await nextDue()).toBe(1);
		clock.ms += 1;
		expect(await nextDue()).toBeUndefined();
		expect(await lanes(at)).toMatchObject([
			{ waiting: 2n, headSeq: deferred.seq },
		]);
		expect((await test.get(it_.id)).userMessage).toBe("");
		expect((await again(at)).id).toBe(it_.id);
		expect(await test.healed()).toBe(0);
	});

	it("is tried so often, after longer and longer delays, then it is a dead letter", async () => {
		const { store, clock } = test;
		const at = test.own();
		let it_ = await test.processing(at);
		const delays: number[] = [];
		for (let retry = 1; retry <= 4; retry++) {
			await store.settle({ settlements: [temporary(it_, { times: 4 })] });
			const { notBefore } = await test.get(it_.id);
			if (notBefore === undefined) throw new Error("not deferred");
			delays.push(timestampDate(notBefore).getTime() - clock.ms);
			clock.ms = timestampDate(notBefore).getTime();
			await nextDue();
			it_ = await again(at);
		}
		for (const [index, delay] of delays.entries()) {
			const whole = Math.min(MOST, FIRST * 2 ** index);
			expect(delay).toBeGreaterThanOrEqual(whole / 2);
			expect(delay).toBeLessThanOrEqual(whole);
		}
		await store.settle({ settlements: [temporary(it_, { times: 4 })] });
		const request = await test.get(it_.id);
		expect(request.status).toBe(Status.FAILED);
		expect(request.userMessage).toBe("The archive is down (tried 5 times)");
		expect(request.deadAt).toBeDefined();
		expect(await test.healed()).toBe(0);
	});

	it("is left alone for as long as its datasource asks", async () => {
		const at = test.own();
		const it_ = await test.processing(at);
		await test.store.settle({
			settlements: [temporary(it_, { leastMs: 60_000 })],
		});
		expect(await nextDue()).toBe(60_000);
		await test.store.cancel({ id: it_.id, userId: at.userId });
	});

	it("that is an outage of ours never ends it, nor counts against worker deaths", async () => {
		const { store, clock } = test;
		const at = test.own();
		let it_ = await test.processing(at);
		for (let outage = 0; outage < 12; outage++) {
			await store.settle({ settlements: [temporary(it_, { times: 0 })] });
			clock.ms += (await nextDue()) ?? 0;
			await nextDue();
			it_ = await again(at);
		}
		clock.ms += 60_000;
		const { failed } = await store.requeue({ limit: 100, maxAttempts: 2 });
		expect(failed.map((a) => a.requestId)).not.toContain(it_.id);
		expect(await test.get(it_.id)).toMatchObject({
			status: Status.WAITING,
			retries: 0,
		});
	});

	it("may be reported twice", async () => {
		const at = test.own();
		const it_ = await test.processing(at);
		for (let time = 0; time < 2; time++)
			expect(
				(await test.store.settle({ settlements: [temporary(it_)] })).lost,
			).toEqual([]);
		expect((await test.get(it_.id)).retries).toBe(1);
		await test.store.cancel({ id: it_.id, userId: at.userId });
	});

	it("can be cancelled while it is deferred", async () => {
		const at = test.own();
		const it_ = await test.processing(at);
		await test.store.settle({ settlements: [temporary(it_)] });
		await test.store.cancel({ id: it_.id, userId: at.userId });
		expect(await test.get(it_.id)).toMatchObject({
			status: Status.CANCELLED,
			hidden: false,
		});
		expect((await test.get(it_.id)).notBefore).toBeUndefined();
		expect(await nextDue()).toBeUndefined();
		expect(await test.healed()).toBe(0);
	});
});

describe("dead letters", () => {
	const silence = async (at: Place) => {
		const it_ = await test.processing(at);
		test.clock.ms += 60_000;
		const { failed } = await test.store.requeue({ limit: 10, maxAttempts: 1 });
		expect(failed.map((a) => a.requestId)).toEqual([it_.id]);
		return it_.id;
	};
	const dead = async (at: Place) =>
		(
			await test.store.deadLetters({ collection: at.collection, limit: 10 })
		).requests.map(({ id }) => id);

	it("are listed with their history, page by page, and no other failures", async () => {
		const { store } = test;
		const at = test.own();
		const ids = [await silence(at), await silence(at), await silence(at)];
		const other = await test.processing(at);
		await store.settle({
			settlements: [
				{
					attempt: { requestId: other.id, attempt: 1 },
					outcome: { case: "failed", value: "no" },
				},
			],
		});
		const first = await store.deadLetters({
			collection: at.collection,
			limit: 2,
		});
		const second = await store.deadLetters({
			collection: at.collection,
			limit: 2,
			afterSeq: first.nextSeq,
		});
		expect(
			[first, second].flatMap(({ requests }) => requests.map(({ id }) => id)),
		).toEqual(ids);
		expect(second.nextSeq).toBe(0n);
		expect(first.requests[0]?.history.at(-1)).toMatchObject({
			status: Status.FAILED,
			reason: "its worker fell silent",
		});
	});

	it("wait again when revived, one or all of a collection, with their tries before them", async () => {
		const { store } = test;
		const at = test.own();
		const ids = [await silence(at), await silence(at), await silence(at)];
		const [first = ""] = ids;
		expect((await store.revive({ ids: [first] })).revived).toEqual([first]);
		expect((await store.revive({ ids: [first] })).revived).toEqual([]);
		expect(await dead(at)).toEqual(ids.slice(1));
		const rest = await store.revive({ collection: at.collection, limit: 10 });
		expect(rest.revived).toEqual(ids.slice(1));
		expect(await lanes(at)).toMatchObject([{ waiting: 3n, inFlight: 0n }]);
		const it_ = await again(at);
		expect(it_).toMatchObject({ id: first, attempt: 2 });
		test.clock.ms += 60_000;
		const { requeued } = await store.requeue({ limit: 10, maxAttempts: 2 });
		expect(requeued.map((a) => a.requestId)).toEqual([first]);
		expect(await test.healed()).toBe(0);
	});

	it("are not revived without saying which", async () => {
		await expect(test.store.revive({ limit: 10 })).rejects.toThrow(
			/either ids or a collection/,
		);
	});
});
