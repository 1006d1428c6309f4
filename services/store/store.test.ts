import { durationFromMs, timestampFromMs } from "@bufbuild/protobuf/wkt";
import type { Client } from "@connectrpc/connect";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
	type Dispatch,
	Status,
	StoreService,
} from "../../gen/polytope/store/v1/store_pb.js";
import { type TestDatabase, testDatabase } from "../../test/kit/postgres.ts";
import { newRequestId, newStagingKey } from "../platform/ids.ts";
import { openLog } from "../platform/log.ts";
import { link } from "../platform/rpc/link.ts";
import { openChanges } from "./changes.ts";
import { type Database, openDatabase } from "./database.ts";
import { storeRoutes } from "./service.ts";

let test: TestDatabase;
let db: Database;
let store: Client<typeof StoreService>;
let now = Date.UTC(2025, 0, 1);
let users = 0;

beforeAll(async () => {
	test = await testDatabase();
	db = await openDatabase(test.connection);
	store = link(StoreService, {
		routes: storeRoutes({
			db,
			changes: openChanges(),
			clock: { now: () => now },
			log: openLog("fatal"),
		}),
	});
});
afterAll(async () => {
	await db.destroy();
	await test[Symbol.asyncDispose]();
});

const lease = durationFromMs(15_000);
/** A user and a collection of the test's own, so that tests share one database without meeting. */
const own = () => {
	users += 1;
	return { userId: `user-${users}`, collection: `collection-${users}` };
};

async function submit(
	at: { userId: string; collection: string },
	more: { id?: string; idempotencyKey?: string; laneLimit?: number } = {},
) {
	const { request, created } = await store.create({
		user: {
			id: at.userId,
			username: "a",
			realm: "r",
			roles: ["default"],
			attributes: { email: "a@b.c" },
		},
		collection: at.collection,
		verb: "retrieve",
		posted: "class: od",
		coerced: '{"class":"od"}',
		datasource: "echo",
		...more,
	});
	if (request === undefined) throw new Error("no request");
	return { request, created };
}

const admit = (at: { userId: string; collection: string }, count: number) =>
	store.admit({ admissions: [{ ...at, count }] });
const lanes = (at: { collection: string }) =>
	store.lanes({ collections: [at.collection], limit: 10 });

async function processing(
	at: { userId: string; collection: string },
	worker = "w",
) {
	const { request } = await submit(at);
	const { dispatches } = await admit(at, 1);
	const { claimed } = await store.claim({
		workerId: worker,
		attempts: attemptsOf(dispatches),
		lease,
	});
	return { id: request.id, attempt: 1, key: claimed[0]?.stagingKey ?? "" };
}

const attemptsOf = (dispatches: readonly Dispatch[]) =>
	dispatches.map(({ requestId, attempt }) => ({ requestId, attempt }));

const done = (it: { id: string; attempt: number; key: string }) => ({
	attempt: { requestId: it.id, attempt: it.attempt },
	outcome: {
		case: "processed" as const,
		value: {
			key: it.key,
			mediaType: "application/x-grib",
			length: 5n,
			sha256: "aa",
			md5: "bb",
		},
	},
	userMessage: "Success",
});
const statusOf = async (id: string) =>
	(await store.get({ id })).request?.status;

describe("a request's life", () => {
	it("keeps every transition with its time and attempt", async () => {
		const at = own();
		const it_ = await processing(at);
		await store.settle({ settlements: [done(it_)] });
		const { request } = await store.get({ id: it_.id });
		expect(request?.history.map((h) => [h.status, h.attempt])).toEqual([
			[Status.WAITING, 0],
			[Status.QUEUED, 1],
			[Status.PROCESSING, 1],
			[Status.PROCESSED, 1],
		]);
		expect(request?.result).toMatchObject({
			key: it_.key,
			length: 5n,
			md5: "bb",
		});
		expect(it_.key).toMatch(/^[\w-]{32}$/);
	});

	it("admits the oldest first, no more than asked, and none beyond a given seq", async () => {
		const at = own();
		const made = [];
		for (let i = 0; i < 4; i++) made.push((await submit(at)).request);
		const { dispatches } = await store.admit({
			admissions: [{ ...at, count: 3, beforeSeq: made[2]?.seq ?? 0n }],
		});
		expect(dispatches.map((d) => d.requestId)).toEqual([
			made[0]?.id,
			made[1]?.id,
		]);
		expect((await lanes(at)).lanes[0]).toMatchObject({
			waiting: 2n,
			inFlight: 2n,
			headSeq: made[2]?.seq,
		});
	});

	it("tells of each lane as many of its oldest as are asked for, in their order", async () => {
		const at = own();
		const made: bigint[] = [];
		for (let i = 0; i < 3; i++)
			made.push((await submit(at)).request?.seq ?? 0n);
		const read = async (depth: number) =>
			(await store.lanes({ collections: [at.collection], limit: 10, depth }))
				.lanes;
		const [headSeq, ...nextSeqs] = made;
		expect(await read(0)).toMatchObject([{ headSeq, nextSeqs: [] }]);
		expect(await read(2)).toMatchObject([
			{ headSeq, nextSeqs: nextSeqs.slice(0, 1) },
		]);
		expect(await read(9)).toMatchObject([{ headSeq, nextSeqs }]);
	});

	it("hides a lane that is at its limit", async () => {
		const at = own();
		await submit(at, { laneLimit: 1 });
		await submit(at, { laneLimit: 1 });
		expect((await lanes(at)).lanes).toHaveLength(1);
		await admit(at, 1);
		expect((await lanes(at)).lanes).toEqual([]);
	});
});

describe("races", () => {
	it("lets one of many claims win", async () => {
		const at = own();
		await submit(at);
		const { dispatches } = await admit(at, 1);
		const claims = await Promise.all(
			["a", "b", "c", "d", "e"].map((workerId) =>
				store.claim({ workerId, attempts: attemptsOf(dispatches), lease }),
			),
		);
		expect(claims.flatMap((claim) => claim.claimed)).toHaveLength(1);
	});

	it("lets each request be admitted once by many brokers", async () => {
		const at = own();
		for (let i = 0; i < 20; i++) await submit(at);
		const admitted = await Promise.all(
			Array.from({ length: 8 }, () => admit(at, 5)),
		);
		const ids = admitted.flatMap(({ dispatches }) =>
			dispatches.map((d) => d.requestId),
		);
		expect(new Set(ids).size).toBe(ids.length);
		for (let left = 1; left > 0; )
			left = (await admit(at, 5)).dispatches.length;
		expect((await store.counts({ userId: at.userId })).counts[0]).toMatchObject(
			{ waiting: 0n, inFlight: 20n },
		);
	});

	it("fences a late writer off: its attempt is over", async () => {
		const at = own();
		const first = await processing(at, "late");
		now += 60_000;
		expect(
			(await store.requeue({ limit: 100, maxAttempts: 3 })).requeued.map(
				(a) => a.requestId,
			),
		).toContain(first.id);
		const { lost } = await store.settle({ settlements: [done(first)] });
		expect(lost).toMatchObject([{ requestId: first.id, attempt: 1 }]);
		expect(await statusOf(first.id)).toBe(Status.WAITING);
	});

	it("answers a claim again whose answer was lost, and none with other keys", async () => {
		const at = own();
		await submit(at);
		const { dispatches } = await admit(at, 1);
		const attempts = attemptsOf(dispatches);
		const claim = (stagingKeys: string[]) =>
			store.claim({ workerId: "w", attempts, lease, stagingKeys });
		const mine = [newStagingKey()];
		const first = await claim(mine);
		expect(first.claimed.map(({ stagingKey }) => stagingKey)).toEqual(mine);
		expect(await claim(mine)).toEqual(first);
		expect((await claim([newStagingKey()])).claimed).toEqual([]);
		await expect(claim([...mine, newStagingKey()])).rejects.toThrow("each");
	});

	it("tells an attempt whose claim the database forgot from the one that bears its number now", async () => {
		const at = own();
		const forgotten = await processing(at);
		// An admission does not wait for the disk; whatever is forgotten, the key tells what is whose.
		await db
			.updateTable("request")
			.set({ status: "queued", staging_key: null, worker_id: null })
			.where("id", "=", forgotten.id)
			.execute();
		const attempts = [{ requestId: forgotten.id, attempt: 1 }];
		const again = await store.claim({ workerId: "v", attempts, lease });
		const now_ = { ...forgotten, key: again.claimed[0]?.stagingKey ?? "" };
		const settle = async (it_: typeof forgotten) => {
			const { attempt, ...rest } = done(it_);
			return store.settle({
				settlements: [
					{ ...rest, attempt: { ...attempt, stagingKey: it_.key } },
				],
			});
		};
		expect((await settle(forgotten)).lost).toMatchObject(attempts);
		expect(await statusOf(forgotten.id)).toBe(Status.PROCESSING);
		expect((await settle(now_)).lost).toEqual([]);
		expect((await settle(now_)).lost).toEqual([]);
		expect((await settle(forgotten)).lost).toMatchObject(attempts);
		const { request } = await store.get({ id: forgotten.id });
		expect(request?.result?.key).toBe(now_.key);
	});

	it("takes a settlement that is sent twice as done", async () => {
		const it_ = await processing(own());
		await store.settle({ settlements: [done(it_)] });
		expect((await store.settle({ settlements: [done(it_)] })).lost).toEqual([]);
	});

	it("lets cancel and completion meet: one wins, lanes stay true", async () => {
		const at = own();
		const all = [];
		for (let i = 0; i < 10; i++) all.push(await processing(at));
		await Promise.allSettled(
			all.flatMap((it_) => [
				store.settle({ settlements: [done(it_)] }),
				store.cancel({ id: it_.id, userId: at.userId }),
			]),
		);
		for (const { id } of all)
			expect([Status.PROCESSED, Status.CANCELLED]).toContain(
				await statusOf(id),
			);
		expect((await store.counts({ userId: at.userId })).counts[0]).toMatchObject(
			{ waiting: 0n, inFlight: 0n },
		);
		expect((await store.recount({ limit: 1000 })).healed).toBe(0n);
	});

	it("settles and admits under load without a deadlock, and counts right", async () => {
		const places = [own(), own(), own()];
		await Promise.all(
			places.flatMap((at) => Array.from({ length: 20 }, () => submit(at))),
		);
		const turn = async (workerId: string) => {
			const { dispatches } = await store.admit({
				admissions: places.map((at) => ({ ...at, count: 3 })),
			});
			const { claimed } = await store.claim({
				workerId,
				attempts: attemptsOf(dispatches),
				lease,
			});
			await store.settle({
				settlements: claimed.map((c) =>
					done({ id: c.request?.id ?? "", attempt: 1, key: c.stagingKey }),
				),
			});
			return dispatches.length;
		};
		const worker = async (id: string) => {
			while ((await turn(id)) > 0);
		};
		await Promise.all(["a", "b", "c", "d"].map(worker));
		await worker("last");
		for (const at of places)
			expect(
				(await store.counts({ userId: at.userId })).counts[0],
			).toMatchObject({ waiting: 0n, inFlight: 0n });
	});
});

describe("revoking", () => {
	it("hides what was never claimed", async () => {
		const at = own();
		const { request } = await submit(at);
		await store.cancel({ id: request.id, userId: at.userId });
		expect((await store.get({ id: request.id })).request).toMatchObject({
			hidden: true,
			status: Status.CANCELLED,
		});
		expect(
			(await store.list({ userId: at.userId, limit: 10 })).requests,
		).toEqual([]);
	});

	it("keeps what was running in the list", async () => {
		const at = own();
		const { id } = await processing(at);
		await store.cancel({ id, userId: at.userId });
		expect(
			(await store.list({ userId: at.userId, limit: 10 })).requests,
		).toHaveLength(1);
	});

	it("does not know another user's request, and refuses a final one", async () => {
		const at = own();
		const it_ = await processing(at);
		await expect(
			store.cancel({ id: it_.id, userId: "somebody" }),
		).rejects.toThrow(/not found/);
		await store.settle({ settlements: [done(it_)] });
		await expect(
			store.cancel({ id: it_.id, userId: at.userId }),
		).rejects.toThrow(/is processed/);
	});

	it("takes all that wait and are queued, nothing that runs", async () => {
		const at = own();
		await processing(at);
		for (let i = 0; i < 3; i++) await submit(at);
		await admit(at, 1);
		expect((await store.cancelAll({ userId: at.userId })).cancelled).toBe(3n);
		expect((await store.counts({ userId: at.userId })).counts[0]).toMatchObject(
			{ waiting: 0n, inFlight: 1n },
		);
	});
});

describe("leases", () => {
	it("are prolonged by renewing, and what is not ours any more is said", async () => {
		const at = own();
		const it_ = await processing(at, "w1");
		now += 10_000;
		const attempt = { requestId: it_.id, attempt: 1 };
		expect(
			(
				await store.renew({
					workerId: "w1",
					slots: 4,
					lease,
					progress: [{ attempt, bytes: 7n }],
				})
			).lost,
		).toEqual([]);
		now += 10_000;
		const { requeued } = await store.requeue({ limit: 100, maxAttempts: 3 });
		expect(requeued.map((a) => a.requestId)).not.toContain(it_.id);
		expect((await store.get({ id: it_.id })).request?.progressBytes).toBe(7n);
		await store.cancel({ id: it_.id, userId: at.userId });
		expect(
			(
				await store.renew({
					workerId: "w1",
					slots: 4,
					lease,
					progress: [{ attempt }],
				})
			).lost,
		).toMatchObject([attempt]);
	});

	it("that run out use attempts up; then the request fails with its history", async () => {
		const at = own();
		const { id } = await processing(at);
		for (let attempt = 1; attempt <= 2; attempt++) {
			now += 60_000;
			const answer = await store.requeue({ limit: 100, maxAttempts: 2 });
			if (attempt === 2)
				expect(answer.failed.map((a) => a.requestId)).toContain(id);
			else {
				const { dispatches } = await admit(at, 1);
				await store.claim({
					workerId: "w",
					attempts: attemptsOf(dispatches),
					lease,
				});
			}
		}
		const { request } = await store.get({ id });
		expect(request?.status).toBe(Status.FAILED);
		expect(request?.userMessage).toMatch(/2 attempts/);
		expect(
			request?.history.filter((h) => h.status === Status.QUEUED),
		).toHaveLength(2);
	});

	it("given back by a drain do not count", async () => {
		const at = own();
		const { id } = await processing(at);
		for (let attempt = 1; attempt <= 4; attempt++) {
			await store.settle({
				settlements: [
					{
						attempt: { requestId: id, attempt },
						outcome: { case: "released", value: "drained" },
						uncounted: true,
					},
				],
			});
			const { dispatches } = await admit(at, 1);
			await store.claim({
				workerId: "w",
				attempts: attemptsOf(dispatches),
				lease,
			});
		}
		now += 60_000;
		const { failed } = await store.requeue({ limit: 100, maxAttempts: 3 });
		expect(failed.map((a) => a.requestId)).not.toContain(id);
		expect(await statusOf(id)).toBe(Status.WAITING);
	});
});

describe("submissions", () => {
	it("that are sent again under their id make one request", async () => {
		const at = own();
		const id = newRequestId();
		const first = await submit(at, { id });
		await admit(at, 1);
		const again = await submit(at, { id });
		expect([first.request.id, again.request.id]).toEqual([id, id]);
		expect([first.created, again.created]).toEqual([true, true]);
		expect(again.request.status).toBe(Status.QUEUED);
		const { requests } = await store.list({ userId: at.userId, limit: 10 });
		expect(requests).toHaveLength(1);
		const { lanes: left } = await lanes(at);
		expect(left).toEqual([]);
	});

	it("with a known idempotency key give the earlier request", async () => {
		const at = own();
		const first = await submit(at, { idempotencyKey: "k" });
		const again = await submit(at, { idempotencyKey: "k" });
		expect(again).toMatchObject({
			created: false,
			request: { id: first.request.id },
		});
		expect((await submit(own(), { idempotencyKey: "k" })).created).toBe(true);
		expect((await store.counts({ userId: at.userId })).counts[0]?.waiting).toBe(
			1n,
		);
	});

	it("are listed page by page in order, whatever comes meanwhile", async () => {
		const at = own();
		const ids = [];
		for (let i = 0; i < 5; i++) ids.push((await submit(at)).request.id);
		const first = await store.list({ userId: at.userId, limit: 2 });
		const second = await store.list({
			userId: at.userId,
			limit: 2,
			afterSeq: first.nextSeq,
		});
		const third = await store.list({
			userId: at.userId,
			limit: 2,
			afterSeq: second.nextSeq,
		});
		expect(
			[first, second, third].flatMap((page) => page.requests.map((r) => r.id)),
		).toEqual(ids);
		expect(third.nextSeq).toBe(0n);
	});
});

describe("watching", () => {
	it("hears what is committed after the first, empty message", async () => {
		const at = own();
		const stop = new AbortController();
		const heard = store
			.watch({ statuses: [Status.WAITING] }, { signal: stop.signal })
			[Symbol.asyncIterator]();
		expect((await heard.next()).value?.changes).toEqual([]);
		const { request } = await submit(at);
		expect((await heard.next()).value?.changes).toMatchObject([
			{ requestId: request.id, status: Status.WAITING },
		]);
		stop.abort();
		await expect(heard.next()).rejects.toThrow();
	});
});

describe("expiry", () => {
	it("finds and removes final requests only", async () => {
		const at = own();
		const ended = await processing(at);
		await store.settle({ settlements: [done(ended)] });
		const { request: waiting } = await submit(at);
		now += 1000;
		const { requests } = await store.expired({
			modifiedBefore: timestampFromMs(now),
			limit: 1000,
			withResult: true,
		});
		expect(requests.map((r) => r.id)).toContain(ended.id);
		expect(
			(await store.referenced({ keys: [ended.key, "nobody"] })).referenced,
		).toEqual([ended.key]);
		expect((await store.remove({ ids: [ended.id, waiting.id] })).removed).toBe(
			1n,
		);
		expect(await statusOf(waiting.id)).toBe(Status.WAITING);
	});

	it("finds queued requests whose dispatch may be lost", async () => {
		const at = own();
		const { request } = await submit(at);
		await admit(at, 1);
		now += 1000;
		const { dispatches } = await store.undispatched({
			queuedBefore: timestampFromMs(now),
			limit: 1000,
		});
		expect(dispatches.map((d) => d.requestId)).toContain(request.id);
	});
});
