import { describe, expect, it } from "vitest";
import { batched } from "./batch.ts";

/** A worker that notes its batches and waits for each to be let go. */
function bench(apart?: (reason: unknown) => boolean) {
	const batches: string[][] = [];
	let release = Promise.withResolvers<void>();
	const ask = batched<string, string>(
		async (items) => {
			batches.push([...items]);
			await release.promise;
			if (items.includes("bad")) throw new Error("bad");
			return items.map((item) => item.toUpperCase());
		},
		{ most: 3, ...(apart && { apart }) },
	);
	return {
		batches,
		ask,
		letGo: () => {
			release.resolve();
			release = Promise.withResolvers();
			release.resolve();
		},
	};
}

describe("calls that gather", () => {
	it("go together, in order: those of one moment, and those that come while others are under way", async () => {
		const { ask, batches, letGo } = bench();
		const first = Promise.all(["a", "b"].map(ask));
		await expect.poll(() => batches.length).toBe(1);
		const more = Promise.all(["c", "d", "e", "f"].map(ask));
		letGo();
		expect(await first).toEqual(["A", "B"]);
		expect(await more).toEqual(["C", "D", "E", "F"]);
		expect(batches).toEqual([["a", "b"], ["c", "d", "e"], ["f"]]);
	});

	it("share a failure", async () => {
		const { ask, letGo } = bench();
		const all = Promise.allSettled(["a", "b", "bad"].map(ask));
		letGo();
		expect((await all).map(({ status }) => status)).toEqual([
			"rejected",
			"rejected",
			"rejected",
		]);
	});

	it("fail alone when the fault may be an item's own", async () => {
		const { ask, batches, letGo } = bench(() => true);
		const all = Promise.allSettled(["a", "bad", "c"].map(ask));
		letGo();
		expect((await all).map(({ status }) => status)).toEqual([
			"fulfilled",
			"rejected",
			"fulfilled",
		]);
		expect(batches).toEqual([["a", "bad", "c"], ["a"], ["bad"], ["c"]]);
	});
});
