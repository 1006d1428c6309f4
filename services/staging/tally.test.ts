import { expect, onTestFinished, test } from "vitest";
import { openTally, type Tally } from "./tally.ts";

/** A place whose pieces hold so many objects of one byte; `during` is run in the middle of each count. */
function place(lies: Map<string, number>) {
	const it = {
		counts: 0,
		during: async (_piece: string): Promise<void> => {},
		pieces: () => Promise.resolve([...lies.keys()]),
		async count(piece: string) {
			it.counts += 1;
			const objects = lies.get(piece) ?? 0;
			await it.during(piece);
			return { bytes: objects, objects };
		},
	};
	return it;
}

function tallyOf(it: ReturnType<typeof place>): Tally {
	const tally = openTally(it);
	onTestFinished(() => tally.stop());
	return tally;
}

/** One object more, as a process makes it: first it is there, then it is noted. */
async function make(
	tally: Tally,
	lies: Map<string, number>,
	piece: string,
): Promise<void> {
	using change = await tally.change(piece);
	lies.set(piece, (lies.get(piece) ?? 0) + 1);
	change.add(1, 1);
}

const counting = false;

test("what others change is seen by counting again", async () => {
	const lies = new Map([
		["a", 1],
		["b", 2],
	]);
	const tally = tallyOf(place(lies));
	await tally.counted();
	lies.set("a", 5);
	lies.set("c", 10);
	expect(tally.usage()).toEqual({ bytes: 3, objects: 3, counting });
	await tally.again();
	expect(tally.usage()).toEqual({ bytes: 17, objects: 17, counting });
	lies.delete("b");
	await tally.again();
	expect(tally.usage()).toEqual({ bytes: 15, objects: 15, counting });
});

test("a change of our own is never seen twice, nor missed", async () => {
	const lies = new Map([["a", 1]]);
	const it = place(lies);
	const tally = tallyOf(it);
	await tally.counted();
	it.during = () => make(tally, lies, "a");
	await tally.again();
	expect(tally.usage().objects).toBe(2);
	it.during = async () => {};
	const change = await tally.change("a");
	lies.set("a", 3);
	await tally.again();
	change.add(1, 1);
	change[Symbol.dispose]();
	expect(tally.usage().objects).toBe(3);
	await tally.again();
	expect(tally.usage().objects).toBe(3);
});

test("a piece that is changed all the time is believed at last", async () => {
	const lies = new Map([["a", 1]]);
	const it = place(lies);
	const tally = tallyOf(it);
	await tally.counted();
	lies.set("a", 1000);
	it.during = () => make(tally, lies, "a");
	for (let round = 0; round < 4; round++) await tally.again();
	expect(tally.usage().objects).toBeGreaterThan(1000);
	it.during = async () => {};
	await tally.again();
	expect(tally.usage().objects).toBe(1004);
});

test("who changes a piece that is not counted yet waits for its count, which is made once", async () => {
	const lies = new Map([["a", 7]]);
	const it = place(lies);
	const held = Promise.withResolvers<void>();
	it.during = () => held.promise;
	const tally = tallyOf(it);
	const changes = [1, 2, 3].map(() => make(tally, lies, "a"));
	held.resolve();
	await Promise.all([...changes, tally.counted()]);
	expect(it.counts).toBe(1);
	expect(tally.usage()).toEqual({ bytes: 10, objects: 10, counting });
});

test("a place that is away is counted when it is back", async () => {
	const it = place(new Map([["a", 7]]));
	let away = true;
	it.during = async () => {
		if (away) throw new Error("away");
	};
	const tally = tallyOf(it);
	await expect(tally.change("a")).rejects.toThrow("away");
	away = false;
	await tally.counted();
	expect(tally.usage()).toEqual({ bytes: 7, objects: 7, counting });
});
