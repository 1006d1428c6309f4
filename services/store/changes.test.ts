import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Status } from "../../gen/polytope/store/v1/store_pb.js";
import { type TestNats, testNats } from "../../test/kit/nats.ts";
import { INSTALL_TIMEOUT } from "../../test/kit/tools.ts";
import { until } from "../../test/kit/until.ts";
import { openLog } from "../platform/log.ts";
import { openBroadcast } from "../platform/nats/broadcast.ts";
import { type Announced, type Changes, openChanges } from "./changes.ts";

let nats: TestNats;
beforeAll(async () => {
	nats = await testNats();
}, INSTALL_TIMEOUT);
afterAll(() => nats[Symbol.asyncDispose]());

/** One replica's bell, and everything that a watcher there has heard. */
async function replica(subject: string, statuses: readonly Status[] = []) {
	const log = openLog("silent");
	const broadcast = await openBroadcast({ url: nats.url }, subject, log);
	const changes: Changes = openChanges({ broadcast, log });
	const stop = new AbortController();
	const heard: (readonly Announced[])[] = [];
	const listening = (async () => {
		for await (const piece of changes.listen(statuses, stop.signal))
			heard.push(piece);
	})();
	return {
		changes,
		/** Ids in the order in which they were heard. */
		ids: () => heard.flat().map(({ requestId }) => requestId),
		/** How often it was told to read again. */
		readAgain: () => heard.filter((piece) => piece.length === 0).length,
		async [Symbol.asyncDispose]() {
			stop.abort();
			await listening;
			await broadcast[Symbol.asyncDispose]();
		},
	};
}
const change = (status = Status.WAITING): Announced => ({
	requestId: randomUUID(),
	status,
	attempt: 1,
});
const pair = async () => {
	const subject = `test.${randomUUID()}`;
	const one = await replica(subject);
	const two = await replica(subject);
	// Who comes tells the others; both listen from here on.
	await until("both hear", () => one.readAgain() > 0 && two.readAgain() > 0);
	const probe = change();
	await until("the second hears the first", () => {
		one.changes.announce([probe]);
		return two.ids().includes(probe.requestId);
	});
	await until("the first hears the second", () => {
		two.changes.announce([probe]);
		return one.ids().length > 0;
	});
	return {
		one,
		two,
		async [Symbol.asyncDispose]() {
			await one[Symbol.asyncDispose]();
			await two[Symbol.asyncDispose]();
		},
	};
};

describe("a bell among replicas", () => {
	test("is heard by the others, in order, and by its own once", async () => {
		await using both = await pair();
		const { one, two } = both;
		const all = Array.from({ length: 12_000 }, () => change());
		const wanted = all.map(({ requestId }) => requestId);
		one.changes.announce(all.slice(0, 2));
		one.changes.announce(all.slice(2));
		const last = wanted.at(-1) ?? "";
		await until("the other hears", () => two.ids().includes(last));
		expect(two.ids().slice(-wanted.length)).toEqual(wanted);
		expect(one.ids().filter((id) => id === last)).toHaveLength(1);
	});

	test("is heard at once", async () => {
		await using both = await pair();
		const one = change();
		const from = performance.now();
		both.one.changes.announce([one]);
		await until("heard", () => both.two.ids().includes(one.requestId));
		expect(performance.now() - from).toBeLessThan(2_000);
	});

	test("tells only the statuses that one listens to", async () => {
		await using both = await pair();
		const stop = new AbortController();
		const cancelled = both.two.changes.listen([Status.CANCELLED], stop.signal);
		const first = cancelled.next();
		const wanted = change(Status.CANCELLED);
		both.one.changes.announce([change(), wanted, change(Status.FAILED)]);
		const next = await first;
		const heard = next.done === true ? [] : next.value;
		expect(heard.map(({ requestId }) => requestId)).toEqual([wanted.requestId]);
		stop.abort();
	});

	test("more than one message can carry becomes: read again", async () => {
		await using both = await pair();
		const before = both.two.readAgain();
		both.one.changes.announce(Array.from({ length: 60_000 }, () => change()));
		await until("read again", () => both.two.readAgain() > before);
	});

	test("goes on in each process while NATS is away; all read again when it is back", async () => {
		await using both = await pair();
		const { one, two } = both;
		await nats.stop("SIGKILL");
		const unheard = change();
		one.changes.announce([unheard]);
		await until("its own", () => one.ids().includes(unheard.requestId));
		const before = [one.readAgain(), two.readAgain()];
		await nats.start();
		await until(
			"both read again",
			() =>
				one.readAgain() > (before[0] ?? 0) &&
				two.readAgain() > (before[1] ?? 0),
		);
		const after = change();
		await until("the other hears again", () => {
			one.changes.announce([after]);
			return two.ids().includes(after.requestId);
		});
		expect(two.ids()).not.toContain(unheard.requestId);
	});
});
