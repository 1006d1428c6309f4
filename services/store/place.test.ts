import { durationMs } from "@bufbuild/protobuf/wkt";
import { afterAll, beforeAll, expect, test } from "vitest";
import { done, openTestStore, type TestStore } from "../../test/kit/store.ts";

let it: TestStore;
beforeAll(async () => {
	it = await openTestStore();
});
afterAll(() => it[Symbol.asyncDispose]());

const placeOf = async (
	{ id }: { id: string },
	collections?: readonly string[],
) => {
	const { collection, user, seq } = await it.get(id);
	const { own, others, exact, inFlight, limit } = await it.store.place({
		collection,
		userId: user?.id ?? "",
		seq,
		collections: [...(collections ?? [collection])],
	});
	return {
		own: Number(own),
		others: Number(others),
		exact,
		inFlight: Number(inFlight),
		limit,
	};
};

test("who is before a request: older ones that wait, of those who have room", async () => {
	const here = it.own();
	const other = { ...here, userId: "other" };
	const full = { ...here, userId: "full" };
	const elsewhere = { ...it.own(), userId: "other" };
	await it.submit(full, { laneLimit: 1 });
	await it.submit(full, { laneLimit: 1 });
	await it.admit(full, 1);
	await it.submit(other);
	await it.submit(elsewhere);
	const first = await it.submit(here, { laneLimit: 2 });
	await it.submit(other);
	const second = await it.submit(here, { laneLimit: 2 });
	await it.submit(other);
	const none = { exact: true, inFlight: 0, limit: 2 };
	expect(await placeOf(first)).toEqual({ ...none, own: 0, others: 1 });
	expect(await placeOf(second)).toEqual({ ...none, own: 1, others: 2 });
	const both = [here.collection, elsewhere.collection];
	expect(await placeOf(second, both)).toMatchObject({ own: 1, others: 3 });
	expect(await placeOf(second, [])).toMatchObject({ own: 1, others: 0 });
	// Who has come further is before nobody, but in flight.
	await it.admit(other, 2);
	await it.admit(here, 1);
	expect(await placeOf(second)).toEqual({
		...none,
		own: 0,
		others: 0,
		inFlight: 1,
	});
});

test("what is deferred is before nobody", async () => {
	const at = it.own();
	const { id, attempt } = await it.processing(at);
	await it.store.settle({
		settlements: [
			{
				attempt: { requestId: id, attempt },
				outcome: {
					case: "temporary",
					value: {
						reason: "away",
						first: { seconds: 60n },
						most: { seconds: 60n },
						times: 3,
					},
				},
			},
		],
	});
	const later = await it.submit(at);
	expect(await placeOf(later)).toMatchObject({ own: 0, others: 0 });
});

test("no more than a thousand are counted", async () => {
	const at = it.own();
	const other = { ...at, userId: "other" };
	for (const place of [at, other])
		for (let page = 0; page < 17; page++)
			await it.store.createMany({
				requests: Array.from({ length: 60 }, () => ({
					user: { id: place.userId, username: "a", realm: "r" },
					collection: at.collection,
					verb: "retrieve",
					posted: "x",
				})),
			});
	const last = await it.submit(at);
	const many = { own: 1000, others: 1000, exact: false };
	expect(await placeOf(last)).toMatchObject(many);
});

test("no more than a thousand lanes are looked into", async () => {
	const at = it.own();
	await it.submit(at);
	for (let page = 0; page < 17; page++)
		await it.store.createMany({
			requests: Array.from({ length: 60 }, (_, n) => ({
				user: { id: `one-of-many-${page}-${n}`, username: "a", realm: "r" },
				collection: at.collection,
				verb: "retrieve",
				posted: "x",
			})),
		});
	const last = await it.submit(at);
	const many = { own: 1, others: 1000, exact: false };
	expect(await placeOf(last)).toMatchObject(many);
});

test("how long requests took that ended lately", async () => {
	const at = it.own();
	const begun = it.clock.ms;
	const { id } = await it.submit(at);
	it.clock.ms += 2_000;
	const [dispatch] = await it.admit(at, 1);
	it.clock.ms += 1_000;
	const { claimed } = await it.store.claim({
		workerId: "w",
		attempts: [{ requestId: id, attempt: dispatch?.attempt ?? 0 }],
		lease: { seconds: 100n },
	});
	it.clock.ms += 3_500;
	const [one] = claimed;
	await it.store.settle({
		settlements: [
			done({ id, attempt: dispatch?.attempt ?? 0, key: one?.stagingKey ?? "" }),
		],
	});
	const { ends } = await it.store.recentEnds({ limit: 1000 });
	const [end] = ends.filter(({ collection }) => collection === at.collection);
	if (!end?.took || !end.ran) throw new Error("no end");
	expect(durationMs(end.took)).toBe(it.clock.ms - begun);
	expect(durationMs(end.ran)).toBe(3_500);
	expect(end.datasource).toBe("echo");
	await expect(it.store.recentEnds({ limit: 1001 })).rejects.toThrow(/between/);
});
