import { timestampMs } from "@bufbuild/protobuf/wkt";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openTestStore, type TestStore } from "../../test/kit/store.ts";

let kit: TestStore;
beforeAll(async () => {
	kit = await openTestStore();
});
afterAll(() => kit[Symbol.asyncDispose]());

const backlogOf = async (collection: string) => {
	const { backlogs } = await kit.store.backlog({});
	return backlogs.find((one) => one.collection === collection);
};

test("tells what waits, what is at its limit, what runs, and since when", async () => {
	const at = kit.own();
	expect(await backlogOf(at.collection)).toBeUndefined();
	const since = kit.clock.ms;
	await kit.submit(at);
	kit.clock.ms += 5_000;
	await kit.submit(at);
	const waiting = await backlogOf(at.collection);
	expect(waiting).toMatchObject({ waiting: 2n, atLimit: 0n, inFlight: 0n });
	expect(waiting?.waitingSince && timestampMs(waiting.waitingSince)).toBe(
		since,
	);
	await kit.admit(at, 1);
	const admitted = await backlogOf(at.collection);
	expect(admitted).toMatchObject({ waiting: 1n, inFlight: 1n });
	expect(admitted?.waitingSince && timestampMs(admitted.waitingSince)).toBe(
		since + 5_000,
	);
});

test("who has as many in flight as they may is at the limit, and nobody's delay", async () => {
	const at = kit.own();
	await kit.submit(at, { laneLimit: 1 });
	await kit.submit(at, { laneLimit: 1 });
	await kit.admit(at, 1);
	const backlog = await backlogOf(at.collection);
	expect(backlog).toMatchObject({ waiting: 1n, atLimit: 1n, inFlight: 1n });
	expect(backlog?.waitingSince).toBeUndefined();
});
