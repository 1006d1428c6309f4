import { afterAll, beforeAll, expect, test } from "vitest";
import { type Request, Status } from "../gen/polytope/store/v1/store_pb.js";
import { openLog } from "../services/platform/log.ts";
import { done, openTestStore, type TestStore } from "../test/kit/store.ts";
import { until } from "../test/kit/until.ts";
import { openFollowing } from "./following.ts";

let it: TestStore;
beforeAll(async () => {
	it = await openTestStore();
});
afterAll(() => it[Symbol.asyncDispose]());

/** A following of the store, and what it asked of it. */
function open() {
	const asked = { watch: 0, read: 0, most: 0 };
	const following = openFollowing(
		{
			...it.store,
			watch: (message, options) => {
				asked.watch += 1;
				return it.store.watch(message, options);
			},
			getMany: (message, options) => {
				asked.read += 1;
				asked.most = Math.max(asked.most, message.ids?.length ?? 0);
				return it.store.getMany(message, options);
			},
		},
		openLog("silent"),
	);
	return { asked, following };
}

const LISTENERS = 300;

test("three hundred who follow one request cost as much as one", async () => {
	const at = it.own();
	const { id } = await it.submit(at);
	const { asked, following } = open();
	const seen: Request[][] = [];
	const all = Array.from({ length: LISTENERS }, (_, index) => {
		const mine: Request[] = [];
		seen[index] = mine;
		return following.follow(id, (request) => {
			if (request) mine.push(request);
		});
	});
	const areAll = (status: Status) =>
		until(`all have seen ${status}`, () =>
			seen.every((mine) => mine.at(-1)?.status === status),
		);
	await areAll(Status.WAITING);
	await it.admit(at, 1);
	await areAll(Status.QUEUED);
	// One for those who came together, one that the watch stands, one for the change; a slow machine may part them.
	expect(asked).toMatchObject({ watch: 1, most: 1 });
	expect(asked.read).toBeLessThanOrEqual(6);
	for (const one of all) one[Symbol.dispose]();
	await following[Symbol.asyncDispose]();
});

test("three hundred requests that run are read in two calls a second", async () => {
	const at = it.own();
	const ids: string[] = [];
	for (let n = 0; n < LISTENERS; n++) ids.push((await it.submit(at)).id);
	const dispatches = await it.admit(at, LISTENERS);
	await it.store.claim({
		workerId: "w",
		attempts: dispatches.map(({ requestId, attempt }) => ({
			requestId,
			attempt,
		})),
		lease: { seconds: 100n },
	});
	const { asked, following } = open();
	const told = new Map<string, number>();
	for (const id of ids)
		following.follow(id, () => {
			told.set(id, (told.get(id) ?? 0) + 1);
		});
	const least = (times: number) =>
		until(
			`all were told ${times} times`,
			() => ids.every((id) => (told.get(id) ?? 0) >= times),
			20_000,
		);
	await least(1);
	const [reads, first] = [asked.read, told.get(ids[0] ?? "") ?? 0];
	await least(first + 3);
	const rounds = Math.max(...told.values()) - first + 1;
	expect(asked.read - reads).toBeLessThanOrEqual(2 * rounds + 2);
	expect(asked).toMatchObject({ watch: 1, most: 256 });
	await following[Symbol.asyncDispose]();
});

test("who follows nothing asks nothing; what is gone is told", async () => {
	const at = it.own();
	const { id, attempt, key } = await it.processing(at);
	const { asked, following } = open();
	expect(asked).toEqual({ watch: 0, read: 0, most: 0 });
	const seen: (Status | undefined)[] = [];
	const one = following.follow(id, (request) => seen.push(request?.status));
	await until("it runs", () => seen.includes(Status.PROCESSING));
	await it.store.settle({ settlements: [done({ id, attempt, key })] });
	await until("it ended", () => seen.includes(Status.PROCESSED));
	one[Symbol.dispose]();
	await it.store.remove({ ids: [id] });
	const { read } = asked;
	using _ = following.follow(id, (request) => seen.push(request?.status));
	await until("it is gone", () => seen.includes(undefined));
	expect(asked.watch).toBe(2);
	expect(asked.read).toBeGreaterThan(read);
	await following[Symbol.asyncDispose]();
});
