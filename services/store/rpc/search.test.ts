import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Status } from "../../../gen/polytope/store/v1/store_pb.js";
import {
	done,
	openTestStore,
	type TestStore,
} from "../../../test/kit/store.ts";

let own: TestStore;
beforeAll(async () => {
	own = await openTestStore();
});
afterAll(() => own[Symbol.asyncDispose]());

const idsOf = (requests: readonly { id: string }[]): string[] =>
	requests.map(({ id }) => id);

describe("search", () => {
	it("finds the newest first, page by page, of all users", async () => {
		const [a, b] = [own.own(), own.own()];
		const made = [];
		for (const at of [a, b, a]) made.push(await own.submit(at));
		const newest = idsOf(made).reverse();
		const first = await own.store.search({ limit: 2 });
		expect(idsOf(first.requests)).toEqual(newest.slice(0, 2));
		const second = await own.store.search({
			limit: 2,
			beforeId: first.nextBeforeId,
		});
		expect(idsOf(second.requests)).toEqual(newest.slice(2));
		expect(second.nextBeforeId).toBe("");
	});

	it("finds by each of its filters", async () => {
		const at = own.own();
		const ended = await own.processing(at);
		await own.store.settle({ settlements: [done(ended)] });
		const waits = await own.submit(at);
		const find = async (filter: object) =>
			idsOf((await own.store.search({ limit: 10, ...filter })).requests);
		const { collection, userId } = at;
		expect(await find({ collection })).toEqual([waits.id, ended.id]);
		expect(await find({ user: userId })).toEqual([waits.id, ended.id]);
		expect(await find({ user: "a", collection })).toHaveLength(2);
		expect(await find({ user: "nobody", collection })).toEqual([]);
		expect(await find({ id: ended.id })).toEqual([ended.id]);
		expect(await find({ collection, datasource: "other" })).toEqual([]);
		const statuses = [Status.PROCESSED, Status.FAILED];
		expect(await find({ collection, statuses })).toEqual([ended.id]);
		const now = timestampFromMs(own.clock.ms);
		expect(await find({ collection, until: now })).toEqual([]);
		own.clock.ms += 1000;
		const later = await own.submit(at);
		const since = timestampFromMs(own.clock.ms);
		expect(await find({ collection, since })).toEqual([later.id]);
		expect(await find({ collection, until: since })).toHaveLength(2);
	});
});

describe("usage", () => {
	it("counts what ended in each minute, with bytes and durations", async () => {
		own.clock.ms += 3_600_000 - (own.clock.ms % 3_600_000);
		const begin = own.clock.ms;
		const at = own.own();
		const ended = await own.processing(at);
		own.clock.ms += 1500;
		await own.store.settle({ settlements: [done(ended)] });
		const cancelled = await own.submit(at);
		await own.store.cancel({ id: cancelled.id, userId: at.userId });
		own.clock.ms = begin + 60_000;
		const next = await own.submit(at);
		await own.store.cancel({ id: next.id, userId: at.userId });

		const asked = { bounds: [1, 2, 5] };
		const { usages, earliest } = await own.store.usage({
			...asked,
			since: timestampFromMs(begin),
			until: timestampFromMs(begin + 120_000),
		});
		expect(earliest).toBeDefined();
		const of = (status: Status, minute: number) =>
			usages.find(
				(one) =>
					one.status === status &&
					Number(one.minute?.seconds) * 1000 === begin + minute * 60_000,
			);
		expect(usages).toHaveLength(3);
		expect(of(Status.PROCESSED, 0)).toMatchObject({
			...at,
			username: "a",
			realm: "r",
			datasource: "echo",
			requests: 1n,
			bytes: 5n,
			seconds: 1.5,
			within: [0n, 1n, 1n],
			attemptSeconds: 1.5,
			attemptWithin: [0n, 1n, 1n],
		});
		expect(of(Status.CANCELLED, 0)).toMatchObject({
			requests: 1n,
			bytes: 0n,
			within: [1n, 1n, 1n],
			attemptWithin: [0n, 0n, 0n],
		});
		expect(of(Status.CANCELLED, 1)?.requests).toBe(1n);
		const later = await own.store.usage({
			...asked,
			since: timestampFromMs(begin + 120_000),
			until: timestampFromMs(begin + 240_000),
		});
		expect(later.usages).toEqual([]);
	});
});

describe("live", () => {
	it("counts what has not ended, and says who works", async () => {
		const at = own.own();
		const since = own.clock.ms;
		await own.processing(at, "worker-1");
		own.clock.ms += 1000;
		await own.submit(at);
		await own.submit(at);
		await own.submit(at, { uploading: true });
		await own.store.renew({
			workerId: "worker-1",
			slots: 3,
			pools: ["big"],
			lease: { seconds: 15n, nanos: 0 },
		});
		const { counts, workers } = await own.store.live({});
		const mine = counts.filter(
			({ collection }) => collection === at.collection,
		);
		expect(mine).toMatchObject([
			{ status: Status.WAITING, requests: 2n, deferred: 0n },
			{ status: Status.PROCESSING, requests: 1n },
			{ status: Status.UPLOADING, requests: 1n },
		]);
		expect(Number(mine[0]?.oldest?.seconds) * 1000).toBe(since + 1000);
		expect(workers).toMatchObject([
			{ id: "worker-1", slots: 3, busy: 1, pools: ["big"] },
		]);
	});
});
