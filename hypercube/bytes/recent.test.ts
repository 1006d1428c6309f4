import { expect, test } from "vitest";
import { inMemory } from "./memory.ts";
import { recent } from "./recent.ts";

test("what was read a moment ago is not read again, and answered at once", async () => {
	const bytes = Uint8Array.from({ length: 1000 }, (_, i) => i % 251);
	const { size, read } = inMemory(bytes);
	const reads: [number, number][] = [];
	const source = recent(
		{
			size,
			gap: 7,
			read: async (offset, length) => {
				reads.push([offset, length]);
				return read(offset, length);
			},
		},
		100,
		2,
	);
	expect(source).toMatchObject({ size: 1000, gap: 7 });
	expect(await source.read(10, 5)).toEqual(bytes.subarray(10, 15));
	expect(source.read(60, 50)).toEqual(bytes.subarray(60, 110));
	expect(await source.read(105, 10)).toEqual(bytes.subarray(105, 115));
	expect(source.read(12, 3)).toEqual(bytes.subarray(12, 15));
	expect(await source.read(300, 200)).toEqual(bytes.subarray(300, 500));
	expect(await source.read(12, 3)).toEqual(bytes.subarray(12, 15));
	expect(await source.read(990, 50)).toEqual(bytes.subarray(990));
	expect(source.read(1000, 5)).toHaveLength(0);
	expect(reads).toEqual([
		[10, 100],
		[105, 100],
		[300, 200],
		[12, 100],
		[990, 100],
	]);
});
