import { durationFromMs, durationMs } from "@bufbuild/protobuf/wkt";
import type { Client } from "@connectrpc/connect";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { StoreService } from "../../gen/polytope/store/v1/store_pb.js";
import { openTestStore, type TestStore } from "../../test/kit/store.ts";
import { until } from "../../test/kit/until.ts";
import { fault } from "./faults.ts";
import { type Leadership, lead } from "./lead.ts";
import { openLog } from "./log.ts";
import { pause } from "./wait.ts";

let test: TestStore;
let shards = 0;

beforeAll(async () => {
	test = await openTestStore();
});
afterAll(() => test[Symbol.asyncDispose]());

const LEASE = 300;
const FOREVER = 3_600_000;

interface Runner {
	readonly name: string;
	/** Ends it in good order. */
	stop(): Promise<void>;
	/** From now on it does not reach the store; or does again. */
	cut: boolean;
}

/** Candidates for one shard; who works now is in `working`. */
function openRace() {
	shards += 1;
	const shard = `shard-${shards}`;
	const working = new Map<string, Leadership>();
	const run = (name: string): Runner => {
		const stop = new AbortController();
		const runner = {
			name,
			cut: false,
			async stop() {
				stop.abort();
				await ended;
			},
		};
		const store: Client<typeof StoreService> = {
			...test.store,
			lead: (request, options) =>
				runner.cut
					? Promise.reject(fault("UNAVAILABLE", "cut off"))
					: test.store.lead(request, options),
		};
		const ended = lead(
			{
				store,
				role: "broker",
				shard,
				holder: name,
				leaseMs: LEASE,
				log: openLog("fatal"),
			},
			async (leadership, signal) => {
				working.set(name, leadership);
				await pause(FOREVER, signal);
				working.delete(name);
			},
			stop.signal,
		);
		return runner;
	};
	const leader = () => [...working.keys()].join() || undefined;
	return { shard, run, working, leader };
}

/** The store's clock goes with ours in these tests. */
async function ticking(body: () => Promise<unknown>): Promise<void> {
	const begun = performance.now() - test.clock.ms;
	const timer = setInterval(() => {
		test.clock.ms = Math.round(performance.now() - begun);
	}, 5);
	try {
		await body();
	} finally {
		clearInterval(timer);
	}
}

describe("the leader", () => {
	it("is one of many; when it ends in good order the next one leads at once", async () => {
		const race = openRace();
		const runners = ["a", "b", "c"].map(race.run);
		let first: string | undefined;
		let since = 0;
		await ticking(() =>
			// On a machine that stands still for a lease another may come first.
			until("one leads for long", () => {
				const now = race.leader();
				if (now !== first) since = performance.now();
				first = now;
				return now !== undefined && performance.now() - since > LEASE * 2;
			}),
		);
		// From here on no lease ends by itself.
		await runners.find(({ name }) => name === first)?.stop();
		const next = await until("another leads", race.leader);
		expect(next).not.toBe(first);
		for (const runner of runners) await runner.stop();
		expect(race.leader()).toBeUndefined();
	});

	it("that is cut off stops by itself, and another one takes over after a lease", () =>
		ticking(async () => {
			const race = openRace();
			const a = race.run("a");
			await until("a leads", () => race.leader() === "a");
			const b = race.run("b");
			a.cut = true;
			await until("b leads alone", () => race.leader() === "b");
			a.cut = false;
			await b.stop();
			await until("a leads again", () => race.leader() === "a");
			await a.stop();
		}));

	it("knows for how long it has led without a gap", async () => {
		const race = openRace();
		const a = race.run("a");
		const leadership = await until("a leads", () => race.working.get("a"));
		expect(await leadership.held()).toBe(0);
		test.clock.ms += LEASE - 1;
		expect(await leadership.held()).toBe(LEASE - 1);
		// Nobody prolonged it in time: the store was away, say.
		test.clock.ms += LEASE + 1;
		expect(await leadership.held()).toBe(0);
		await a.stop();
	});
});

describe("the store", () => {
	const ask = (holder: string, resign = false) =>
		test.store.lead({
			role: "collector",
			shard: "s",
			holder,
			lease: durationFromMs(LEASE),
			resign,
		});

	it("lets one of many lead who ask at once", async () => {
		const answers = await Promise.all(
			Array.from({ length: 12 }, (_, index) => ask(`${index}`)),
		);
		expect(answers.filter(({ leading }) => leading)).toHaveLength(1);
		test.clock.ms += LEASE;
		expect((await ask("late")).leading).toBe(true);
		expect((await ask("later")).leading).toBe(false);
	});

	it("takes a leadership back from nobody but its holder", async () => {
		test.clock.ms += LEASE;
		expect((await ask("a")).leading).toBe(true);
		await ask("b", true);
		expect((await ask("b")).leading).toBe(false);
		await ask("a", true);
		const { leading, held } = await ask("b");
		expect(leading).toBe(true);
		expect(held === undefined ? undefined : durationMs(held)).toBe(0);
	});
});
