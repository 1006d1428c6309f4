import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { joined, joinedLength, readJoined, ShortRead } from "./joined.ts";
import { inMemory } from "./memory.ts";
import type { ByteSource } from "./source.ts";
import { run } from "./steps.ts";

const bytes = Uint8Array.from({ length: 5000 }, (_, i) => (i * 7919) % 251);
const near = inMemory(bytes);
const far: ByteSource = {
	size: bytes.length,
	gap: 100,
	parallel: 3,
	read: (offset, length) =>
		new Promise((resolve) =>
			setImmediate(() => resolve(bytes.subarray(offset, offset + length))),
		),
};

function read(source: ByteSource, ranges: Float64Array) {
	const found = new Map<number, string>();
	const done = run(
		readJoined(source, ranges, (range, chunk, at) => {
			const length = (ranges[2 * range + 1] ?? 0) - (ranges[2 * range] ?? 0);
			found.set(range, chunk.subarray(at, at + length).join());
		}),
	);
	return { found, done };
}

const someRanges = fc
	.array(fc.tuple(fc.nat(4900), fc.integer({ min: 1, max: 100 })), {
		maxLength: 40,
	})
	.map((pairs) =>
		Float64Array.from(
			pairs
				.toSorted((a, b) => a[0] - b[0])
				.flatMap(([start, length]) => [start, start + length]),
		),
	);

describe("joined reads", () => {
	test("what lies nearer than the gap is one read", () => {
		const ranges = Float64Array.of(0, 10, 15, 20, 40, 50);
		expect([...joined(ranges, 5)]).toEqual([
			{ from: 0, to: 2, start: 0, end: 20 },
			{ from: 2, to: 3, start: 40, end: 50 },
		]);
		expect(joinedLength(ranges, 5)).toBe(30);
		expect(joinedLength(ranges, 20)).toBe(50);
	});

	test("every range gets its octets, at once from a near source", () => {
		fc.assert(
			fc.property(someRanges, (ranges) => {
				const { found, done } = read(near, ranges);
				expect(done).toBeUndefined();
				expectAll(ranges, found);
			}),
		);
	});

	test("every range gets its octets from a far source that reads in parallel", async () => {
		await fc.assert(
			fc.asyncProperty(someRanges, async (ranges) => {
				const { found, done } = read(far, ranges);
				await done;
				expectAll(ranges, found);
			}),
		);
	});

	test("a source that ends too early is told", async () => {
		const beyond = Float64Array.of(10, 20, 4990, 5010);
		expect(() => read(near, beyond)).toThrow(ShortRead);
		await expect(read(far, beyond).done).rejects.toThrow("ends at 5000");
	});

	test("an ended signal stops it", () => {
		const ranges = Float64Array.of(10, 20);
		const steps = readJoined(near, ranges, () => {}, AbortSignal.abort());
		expect(() => run(steps)).toThrow("aborted");
	});
});

function expectAll(ranges: Float64Array, found: Map<number, string>): void {
	expect(found.size).toBe(ranges.length / 2);
	for (const [range, octets] of found)
		expect(octets).toBe(
			bytes.subarray(ranges[2 * range], ranges[2 * range + 1]).join(),
		);
}
