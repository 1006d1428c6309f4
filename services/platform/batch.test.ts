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
	it("go alone when nothing runs, and together, in order, while something does", async () => {
		const { ask, batches, letGo } = bench();
		const all = Promise.all(["a", "b", "c", "d", "e"].map(ask));
		letGo();
		expect(await all).toEqual(["A", "B", "C", "D", "E"]);
		expect(batches).toEqual([["a"], ["b", "c", "d"], ["e"]]);
	});

	it("share a failure", async () => {
		const { ask, letGo } = bench();
		const all = Promise.allSettled(["a", "b", "bad"].map(ask));
		letGo();
		expect((await all).map(({ status }) => status)).toEqual([
			"fulfilled",
			"rejected",
			"rejected",
		]);
	});

	it("fail alone when the fault may be an item's own", async () => {
		const { ask, batches, letGo } = bench(() => true);
		const all = Promise.allSettled(["a", "b", "bad", "c"].map(ask));
		letGo();
		expect((await all).map(({ status }) => status)).toEqual([
			"fulfilled",
			"fulfilled",
			"rejected",
			"fulfilled",
		]);
		expect(batches).toEqual([["a"], ["b", "bad", "c"], ["b"], ["bad"], ["c"]]);
	});
});
