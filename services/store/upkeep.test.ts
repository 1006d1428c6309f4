import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Status } from "../../gen/polytope/store/v1/store_pb.js";
import { done, openTestStore, type TestStore } from "../../test/kit/store.ts";

let test: TestStore;

beforeAll(async () => {
	test = await openTestStore();
});
afterAll(() => test[Symbol.asyncDispose]());

/** Makes very many requests that wait, with their lane. */
async function fill(at: { userId: string; collection: string }, many: number) {
	await sql`
    insert into request (id, user_id, username, realm, roles, attributes, collection, verb, status, labels, posted,
      posted_json, coerced, datasource, history, created_at, modified_at)
    select gen_random_uuid(), ${at.userId}, 'a', 'r', '{default}', '{}', ${at.collection}, 'retrieve',
      'waiting', '{}', '{}', true, '{}', 'echo', '[]', now(), now()
    from generate_series(1, ${many}::int)`.execute(test.db);
	await sql`
    insert into lane (collection, user_id, waiting, head)
    select collection, user_id, count(*), min(seq) from request where user_id = ${at.userId}
    group by collection, user_id`.execute(test.db);
}

describe("a start that knows that nobody works", () => {
	it("gives back all that is queued or processing, however many, uncounted", async () => {
		const { store, clock } = test;
		const at = test.own();
		await test.processing(at);
		await fill({ ...at, userId: `${at.userId}-more` }, 1500);
		await test.admit({ ...at, userId: `${at.userId}-more` }, 1500);
		let back = 0;
		for (let more = 1; more > 0; back += more) {
			const { requeued, failed } = await store.requeue({
				limit: 1000,
				maxAttempts: 1,
				allProcessing: true,
			});
			expect(failed).toEqual([]);
			more = requeued.length;
		}
		expect(back).toBe(1501);
		const { dispatches } = await store.undispatched({
			queuedBefore: timestampFromMs(clock.ms + 1),
			limit: 10,
		});
		expect(dispatches).toEqual([]);
		expect(await test.healed()).toBe(0);
	});
});

describe("queued requests", () => {
	it("are read page by page, and only those of a time when asked", async () => {
		const { store, clock } = test;
		const at = test.own();
		const ids: string[] = [];
		for (let i = 0; i < 5; i++) ids.push((await test.submit(at)).id);
		await test.admit(at, 2);
		clock.ms += 1000;
		const since = timestampFromMs(clock.ms);
		await test.admit(at, 3);
		const queuedBefore = timestampFromMs(clock.ms + 1);
		const seen: string[] = [];
		let afterSeq = 0n;
		do {
			const page = await store.undispatched({
				queuedBefore,
				limit: 2,
				afterSeq,
			});
			seen.push(...page.dispatches.map((d) => d.requestId));
			afterSeq = page.nextSeq;
		} while (afterSeq > 0n);
		expect(seen).toEqual(ids);
		const late = await store.undispatched({
			queuedBefore,
			queuedSince: since,
			limit: 10,
		});
		expect(late.dispatches.map((d) => d.requestId)).toEqual(ids.slice(2));
	});
});

describe("a recount", () => {
	const lane = (at: { userId: string }) =>
		test.db
			.selectFrom("lane")
			.selectAll()
			.where("user_id", "=", at.userId)
			.execute();

	it("puts right what drifted, and says how much that was", async () => {
		const at = test.own();
		const first = await test.submit(at);
		await test.submit(at);
		const wrong = [
			sql`waiting = 7`,
			sql`in_flight = 1`,
			sql`head = ${String(first.seq + 1n)}`,
		];
		for (const drift of wrong) {
			await sql`update lane set ${drift} where user_id = ${at.userId}`.execute(
				test.db,
			);
			expect(await test.healed()).toBe(1);
			expect(await lane(at)).toMatchObject([
				{ waiting: 2, in_flight: 0, head: String(first.seq) },
			]);
		}
	});

	it("goes lane by lane, to the last one", async () => {
		for (let i = 0; i < 5; i++) await test.submit(test.own());
		const { count } = await test.db
			.selectFrom("lane")
			.select((q) => q.fn.countAll<string>().as("count"))
			.executeTakeFirstOrThrow();
		let pages = 0;
		let after: { collection: string; userId: string } | undefined;
		do {
			const answer = await test.store.recount({
				limit: 2,
				...(after && { after }),
			});
			after = answer.next;
			pages += 1;
		} while (after !== undefined);
		expect(pages).toBe(Math.floor(Number(count) / 2) + 1);
	});

	it("removes a lane only when no request is left in it", async () => {
		const at = test.own();
		const it_ = await test.processing(at);
		await test.store.settle({ settlements: [done(it_)] });
		await test.healed();
		expect(await lane(at)).toHaveLength(1);
		await test.store.remove({ ids: [it_.id] });
		await test.healed();
		expect(await lane(at)).toEqual([]);
	});

	it("sees no drift while requests move", async () => {
		const places = [test.own(), test.own()];
		let moving = true;
		const move = async (at: (typeof places)[number]) => {
			for (let i = 0; i < 25; i++) {
				const it_ = await test.processing(at, at.userId);
				await test.store.settle({ settlements: [done(it_)] });
			}
		};
		const counting = (async () => {
			while (moving) expect(await test.healed()).toBe(0);
		})();
		await Promise.all(places.map(move));
		moving = false;
		await counting;
	});
});

describe("a request that waits for its upload", () => {
	it("fails with a reason when it does not come", async () => {
		const { store, db, clock } = test;
		const at = test.own();
		const { id } = await test.submit(at);
		// Nobody creates such requests yet.
		await sql`update request set status = 'uploading' where id = ${id}`.execute(
			db,
		);
		await sql`update lane set waiting = 0 where user_id = ${at.userId}`.execute(
			db,
		);
		const olderThan = (ms: number) => ({
			modifiedBefore: timestampFromMs(ms),
			limit: 10,
		});
		expect((await store.failUploads(olderThan(clock.ms))).failed).toEqual([]);
		expect((await store.failUploads(olderThan(clock.ms + 1))).failed).toEqual([
			id,
		]);
		const request = await test.get(id);
		expect(request).toMatchObject({
			status: Status.FAILED,
			userMessage: "The upload did not come in time.",
		});
		expect(request.history.at(-1)).toMatchObject({
			status: Status.FAILED,
			reason: "The upload did not come in time.",
		});
		expect(await test.healed()).toBe(0);
	});
});
