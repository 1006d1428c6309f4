import { randomBytes } from "node:crypto";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openTestReceiver, type TestReceiver } from "../fixtures/receiver.ts";
import type { KeptSpan } from "../otlp/span.ts";
import { spansOf } from "./read.ts";

const HOUR_MS = 3_600_000;
let own: TestReceiver;
beforeEach(async () => {
	own = await openTestReceiver({ most: 100, ageMs: 5 * HOUR_MS });
});
afterEach(() => own[Symbol.asyncDispose]());

const hex = (bytes: number): string => randomBytes(bytes).toString("hex");

const span = (beganMs: number, more: Partial<KeptSpan> = {}): KeptSpan => ({
	trace: hex(16),
	span: hex(8),
	parent: null,
	name: "s",
	kind: 1,
	role: "worker",
	instance: "i",
	began: beganMs * 1000,
	nanoseconds: 5,
	failed: false,
	attributes: {},
	events: [],
	...more,
});

const stored = async (): Promise<number> => {
	const { count } = await own.db
		.selectFrom("telemetry.span")
		.select((is) => is.fn.countAll<string>().as("count"))
		.executeTakeFirstOrThrow();
	return Number(count);
};

describe("spans", () => {
	it("that come twice, late and in any order are kept once each", async () => {
		const trace = hex(16);
		const all = Array.from({ length: 12 }, (_, index) =>
			span(own.clock.ms - index * 20 * 60_000, { trace, name: `s${index}` }),
		);
		const sendings = fc.array(fc.subarray(all, { minLength: 1 }), {
			minLength: 1,
			maxLength: 4,
		});
		await fc.assert(
			fc.asyncProperty(sendings, async (batches) => {
				await Promise.all(
					batches.map((batch) => own.keeper.keep([...batch, ...batch])),
				);
			}),
			{ numRuns: 8 },
		);
		await own.keeper.keep(all);
		const found = await spansOf(own.db, trace, 0);
		expect(found.map(({ name }) => name)).toEqual(
			all.map(({ name }) => name).reverse(),
		);
		await own.keeper.tidy();
		expect(own.keeper.count()).toBe(12);
	});

	it("go when they are old, an hour's at once", async () => {
		await own.keeper.keep([
			span(own.clock.ms),
			span(own.clock.ms - 2 * HOUR_MS),
		]);
		expect(await own.keeper.tidy()).toBe(0);
		own.clock.ms += 4 * HOUR_MS;
		await own.keeper.keep([span(own.clock.ms)]);
		expect(await own.keeper.tidy()).toBe(1);
		expect(await stored()).toBe(2);
		const late = span(own.clock.ms - 6 * HOUR_MS);
		expect(await own.keeper.keep([late])).toMatchObject({ rejected: 1 });
	});

	it("go when they are too many, and are refused when nothing can go", async () => {
		const many = (count: number, ms: number) =>
			Array.from({ length: count }, () => span(ms));
		await own.keeper.keep(many(60, own.clock.ms - 3 * HOUR_MS));
		await own.keeper.keep(many(60, own.clock.ms - 2 * HOUR_MS));
		await own.keeper.keep(many(60, own.clock.ms));
		await own.keeper.tidy();
		expect(await stored()).toBe(60);
		expect(await own.keeper.keep(many(120, own.clock.ms))).toMatchObject({
			rejected: 0,
		});
		const refused = await own.keeper.keep(many(60, own.clock.ms));
		expect(refused).toEqual({ rejected: 60, why: "too many spans are kept" });
	});

	it("find room again when another process has tidied", async () => {
		await own.keeper.keep([span(own.clock.ms)]);
		const [hour] = await own.db
			.selectFrom("telemetry.span_hour")
			.select("hour")
			.execute();
		const name = hour?.hour.toISOString().slice(0, 13).replaceAll(/\D/g, "");
		await own.db.schema.dropTable(`telemetry.span_${name}`).execute();
		await own.keeper.keep([span(own.clock.ms)]);
		expect(await stored()).toBe(1);
	});
});
