import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { INSTALL_TIMEOUT } from "../kit/tools.ts";
import { until } from "../kit/until.ts";
import type { TestWorld } from "../kit/world.ts";
import { openIn, WORLDS } from "../kit/worlds.ts";

describe.each(WORLDS)("the collector, %s", (where) => {
	describe("when all is old at once", () => {
		let it: TestWorld;
		beforeAll(async () => {
			it = await openIn(
				where,
				"garbage-collector: {age: 300ms, interval: 100ms}\nlease: {renew: 100ms}",
			);
		}, INSTALL_TIMEOUT);
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

		test("removes an old object that no request knows of", async () => {
			const { staging } = it.world();
			const key = "d".repeat(32);
			const mediaType = "application/octet-stream";
			const data = Buffer.from("forgotten");
			await staging.put({ key, mediaType, fileName: "f.bin", data });
			await it.dateBack(key);
			await until(
				"it is gone",
				async () => (await Array.fromAsync(staging.list({}))).length === 0,
			);
		});
	});

	describe("when uploads are old", () => {
		let it: TestWorld;
		beforeAll(async () => {
			it = await openIn(
				where,
				"garbage-collector: {interval: 100ms}\nlease: {renew: 100ms}",
			);
		}, INSTALL_TIMEOUT);
		afterAll(() => it[Symbol.asyncDispose]());

		test("keeps the data of a request that waits, and removes that of a cancelled one", async () => {
			const { staging, store } = it.world();
			const uploaded = async () => {
				const userId = "someone";
				const { request } = await store.create({
					user: { id: userId, username: "a", realm: "r" },
					collection: "nowhere",
					verb: "archive",
					uploading: true,
				});
				const id = request?.id ?? "";
				const { stagingKey } = await store.beginUpload({ id, userId });
				await staging.put({
					key: stagingKey,
					mediaType: "application/octet-stream",
					fileName: "f.bin",
					data: Buffer.from("data"),
				});
				await it.dateBack(stagingKey);
				return { id, userId, stagingKey };
			};
			const kept = await uploaded();
			const cancelled = await uploaded();
			await store.cancel(cancelled);
			await until("one is gone", async () => {
				const left = await Array.fromAsync(staging.list({}));
				return left.length === 1;
			});
			await staging.stat({ key: kept.stagingKey });
		});
	});

	describe("when staging passes its threshold", () => {
		let it: TestWorld;
		beforeAll(async () => {
			it = await openIn(
				where,
				"garbage-collector: {threshold: 10MB, interval: 100ms}\nlease: {renew: 100ms}",
			);
		}, INSTALL_TIMEOUT);
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
			// The object goes first, its row a moment later.
			await until(
				"the oldest row is gone",
				async () => (await it.demo().poll(ids[0] ?? "")).code === 404,
			);
			const codes = await Promise.all(
				ids.map(async (id) => (await it.demo().poll(id)).code),
			);
			expect(codes).toEqual([404, 303, 303]);
		});
	});
});
