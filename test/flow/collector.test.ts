import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { until } from "../kit/until.ts";
import { openTestWorld, type TestWorld } from "../kit/world.ts";

describe.each([
	["embedded", false],
	["split", true],
])("the collector, %s", (_, split) => {
	describe("when all is old at once", () => {
		let it: TestWorld;
		beforeAll(async () => {
			it = await openTestWorld({
				split,
				config:
					"garbage-collector: {age: 300ms, interval: 100ms}\nlease: {renew: 100ms}",
			});
		});
		afterAll(() => it[Symbol.asyncDispose]());

		test("removes an expired row and its object together", async () => {
			const id = await it.demo().submit("echo", "soon gone");
			expect((await it.demo().ended(id)).code).toBe(303);
			await until(
				"the row is gone",
				async () => (await it.demo().poll(id)).code === 404,
			);
			const left = await Array.fromAsync(it.world().staging.list({}));
			expect(left).toEqual([]);
			expect(await it.demo().record(id)).toBeUndefined();
		});
	});

	describe("when staging passes its threshold", () => {
		let it: TestWorld;
		beforeAll(async () => {
			it = await openTestWorld({
				split,
				config:
					"garbage-collector: {threshold: 10MB, interval: 100ms}\nlease: {renew: 100ms}",
			});
		});
		afterAll(() => it[Symbol.asyncDispose]());

		test("makes room, oldest first, object and row together", async () => {
			const ids: string[] = [];
			for (const size of ["4MB", "4MB", "4MB"]) {
				const id = await it.demo().submit("dummy", { size });
				ids.push(id);
				await until("it ends", async () => {
					const { code } = await it.demo().poll(id);
					return code === 303 || code === 400 || code === 404;
				});
			}
			await until("there is room again", async () => {
				const { bytes } = await it.world().staging.usage({});
				return bytes <= 9_000_000n;
			});
			const codes = await Promise.all(
				ids.map(async (id) => (await it.demo().poll(id)).code),
			);
			expect(codes).toEqual([404, 303, 303]);
		});
	});
});
