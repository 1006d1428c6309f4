import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type {
	CoverageCollection,
	Domain,
	Parameter,
} from "../cube/coverage.ts";
import {
	covjson,
	covjsonOgc,
	dataset,
	type Format,
	features,
	table,
} from "./format.ts";
import {
	collectionOf,
	coverageOf,
	forecast,
	pointsOf,
	REFERENCE,
	t2m,
} from "./kit/collections.ts";
import { bytesOf, textOf } from "./kit/read.ts";
import { write } from "./write.ts";

const formats: readonly (readonly [string, Format])[] = [
	["covjson polytope", covjson],
	["covjson ogc", covjsonOgc],
	["csv", table],
	["geojson", features],
	["netcdf", dataset],
];
const instant = { time: REFERENCE, step: 0 };

/** A box of one parallel, within a turn, whose values come in slices; `pulled` counts those that were asked for. */
function box(
	count: number,
	slice: number,
): CoverageCollection & { pulled: number } {
	const domain: Domain = {
		type: "MultiPoint",
		levels: [],
		instant,
		points: {
			count,
			slice: (from, to) => ({
				latitudes: new Float64Array(to - from).fill(52.5),
				longitudes: Float64Array.from(
					{ length: to - from },
					(_, at) => (from + at) / 4000,
				),
			}),
		},
	};
	const outline = {
		keys: forecast,
		reference: REFERENCE,
		domain,
		parameters: [t2m],
	};
	const collection = {
		feature: "boundingbox",
		domainType: "MultiPoint",
		parameters: [t2m],
		singles: new Set<Parameter>(),
		pulled: 0,
		outlines: async function* () {
			yield outline;
		},
		coverages: (async function* () {
			const values = new Float64Array(slice).fill(271.25);
			yield {
				...outline,
				async *values() {
					for (let from = 0; from < count; from += slice) {
						collection.pulled += Math.min(slice, count - from);
						yield values.subarray(0, Math.min(slice, count - from));
					}
				},
			};
		})(),
	} satisfies CoverageCollection & { pulled: number };
	return collection;
}

describe.each(formats)("%s", (_, format) => {
	test("the first byte comes before a value is read, the next only when pulled", async () => {
		const collection = box(1_000_000, 10_000);
		const chunks = write(collection, format)[Symbol.asyncIterator]();
		expect((await chunks.next()).value?.length).toBeGreaterThan(0);
		expect(collection.pulled).toBe(0);
		while (collection.pulled === 0) await chunks.next();
		const pulled = collection.pulled;
		expect(pulled).toBeLessThanOrEqual(20_000);
		await new Promise(setImmediate);
		expect(collection.pulled).toBe(pulled);
		await chunks.return?.();
		expect(collection.pulled).toBe(pulled);
	});

	test("an abort ends it with its reason", async () => {
		const abort = new AbortController();
		const collection = box(1_000_000, 10_000);
		const reading = (async () => {
			for await (const _chunk of write(collection, format, abort.signal))
				if (collection.pulled > 0) abort.abort(new Error("enough"));
		})();
		await expect(reading).rejects.toThrow("enough");
		expect(collection.pulled).toBeLessThanOrEqual(30_000);
	});

	test("a fault of the source ends it", async () => {
		const broken = coverageOf(
			{ type: "MultiPoint", points: pointsOf([[1, 2]]), levels: [], instant },
			{ "2t": [1] },
		);
		const collection = collectionOf("circle", [
			{
				...broken,
				values: async function* () {
					yield Float64Array.of();
					throw new Error("the disk is gone");
				},
			},
		]);
		await expect(textOf(collection, format)).rejects.toThrow("disk is gone");
	});

	test("slices of any lengths give the same bytes", async () => {
		const many = fc.array(fc.double(), { minLength: 1, maxLength: 40 });
		await fc.assert(
			fc.asyncProperty(
				many,
				fc.integer({ min: 1, max: 41 }),
				async (all, n) => {
					const domain: Domain = {
						type: "PointSeries",
						latitude: 1,
						longitude: 2,
						level: 500,
						instants: all.map((_, step) => ({ time: REFERENCE, step })),
					};
					const bytes = (slice: number) =>
						bytesOf(
							collectionOf("timeseries", [
								coverageOf(domain, { t: all, q: all }, { slice }),
							]),
							format,
						);
					expect(await bytes(n)).toEqual(await bytes(all.length));
				},
			),
			{ numRuns: 50 },
		);
	});

	test("millions of values hold no more than a chunk at a time", {
		timeout: 60_000,
	}, async () => {
		const count = format === covjson ? 10_000_000 : 1_000_000;
		const collection = box(count, 65_536);
		let ahead = 0;
		let bytes = 0;
		let largest = 0;
		for await (const chunk of write(collection, format)) {
			bytes += chunk.length;
			largest = Math.max(largest, chunk.length);
			expect(chunk.buffer.byteLength).toBe(chunk.length);
			ahead = Math.max(ahead, collection.pulled - bytes / 7);
		}
		expect(collection.pulled).toBe(count);
		expect(bytes).toBeGreaterThan(7 * count);
		expect(largest).toBeLessThan(300_000);
		expect(ahead).toBeLessThan(2 * 65_536);
	});
});

test.each(formats.filter(([name]) => name.startsWith("covjson")))(
	"%s gives back every double",
	async (_, format) => {
		const many = fc.array(fc.double(), { minLength: 1, maxLength: 40 });
		await fc.assert(
			fc.asyncProperty(many, async (all) => {
				const domain: Domain = {
					type: "VerticalProfile",
					latitude: 1,
					longitude: 2,
					levels: all.map((_, at) => at),
					instant,
				};
				const collection = collectionOf("verticalprofile", [
					coverageOf(domain, { t: all }, { slice: 7 }),
				]);
				const [coverage] = JSON.parse(
					await textOf(collection, format),
				).coverages;
				expect(coverage.ranges.t.values).toEqual(
					all.map((value) => (Number.isFinite(value) ? value + 0 : null)),
				);
			}),
		);
	},
);

test("coordinates are rounded to 12 decimals, and any number of them is written", async () => {
	const degrees = fc.double({ min: -90, max: 360, noNaN: true });
	const places = fc.array(fc.tuple(degrees, degrees), {
		minLength: 1,
		maxLength: 30,
	});
	await fc.assert(
		fc.asyncProperty(places, async (all) => {
			const domain: Domain = {
				type: "MultiPoint",
				points: pointsOf(all),
				levels: [],
				instant,
			};
			const collection = collectionOf("circle", [
				coverageOf(domain, { t: all.map(() => 0) }),
			]);
			const [coverage] = JSON.parse(
				await textOf(collection, covjson),
			).coverages;
			const written: readonly (readonly number[])[] =
				coverage.domain.axes.composite.values;
			written.forEach(([latitude = Number.NaN, longitude = Number.NaN], at) => {
				expect(Math.abs(latitude - (all[at]?.[0] ?? 0))).toBeLessThan(6e-13);
				expect(Math.abs(longitude - (all[at]?.[1] ?? 0))).toBeLessThan(6e-13);
				expect(`${longitude}`.replace(/^.*\./, "").length).toBeLessThan(16);
			});
		}),
	);
});
