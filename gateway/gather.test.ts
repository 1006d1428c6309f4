import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { faultOf } from "../services/platform/faults.ts";
import { openTestStore, type TestStore } from "../test/kit/store.ts";
import { gatherStore } from "./gather.ts";

let test: TestStore;
beforeAll(async () => {
	test = await openTestStore();
});
afterAll(() => test[Symbol.asyncDispose]());

const faultName = (reason: unknown) => faultOf(reason)?.name;

describe("calls of one moment", () => {
	const submission = (userId: string, idempotencyKey = "") => ({
		user: { id: userId, username: "a", realm: "r", roles: ["default", "b"] },
		collection: "c",
		verb: "retrieve",
		posted: "class: od",
		coerced: '{"class":"od"}',
		datasource: "echo",
		labels: { for: userId },
		idempotencyKey,
	});

	it("are one call of the store, each with its own answer", async () => {
		const asked: string[] = [];
		const store = gatherStore({
			...test.store,
			createMany: (message, options) => {
				asked.push(`create ${message.requests?.length}`);
				return test.store.createMany(message, options);
			},
			getMany: (message, options) => {
				asked.push(`get ${message.ids?.length}`);
				return test.store.getMany(message, options);
			},
		});
		const users = ["one", "two", "three"];
		const made = await Promise.all(
			users.map((user) => store.create(submission(user))),
		);
		expect(made.map(({ request }) => request?.user?.id)).toEqual(users);
		expect(made.map(({ request }) => request?.labels.for)).toEqual(users);
		const seqs = made.map(({ request }) => request?.seq ?? 0n);
		expect(seqs.toSorted((a, b) => Number(a - b))).toEqual(seqs);

		const ids = made.map(({ request }) => request?.id ?? "");
		const unknown = "00000000-0000-7000-8000-000000000000";
		const [first, none, again, third] = await Promise.allSettled([
			store.get({ id: ids[0] ?? "" }),
			store.get({ id: unknown }),
			store.get({ id: ids[0] ?? "" }),
			store.get({ id: ids[2] ?? "" }),
		]);
		expect(first).toMatchObject({ value: { request: made[0]?.request } });
		expect(again).toEqual(first);
		expect(third).toMatchObject({ value: { request: made[2]?.request } });
		expect(none.status === "rejected" && faultName(none.reason)).toBe(
			"NOT_FOUND",
		);
		expect(asked).toEqual(["create 3", "get 4"]);
	});

	it("fail alone", async () => {
		const store = gatherStore(test.store);
		const [good, bad, other] = await Promise.allSettled([
			store.create(submission("four")),
			store.create({ ...submission("five"), posted: "a\0b" }),
			store.create(submission("")),
		]);
		expect(good.status).toBe("fulfilled");
		expect(bad.status).toBe("rejected");
		expect(other.status === "rejected" && faultName(other.reason)).toBe(
			"INVALID",
		);
		const [there, wrong] = await Promise.allSettled([
			store.get({
				id: (good.status === "fulfilled" && good.value.request?.id) || "",
			}),
			store.get({ id: "nonsense" }),
		]);
		expect(there.status).toBe("fulfilled");
		expect(wrong.status === "rejected" && faultName(wrong.reason)).toBe(
			"INVALID",
		);
	});

	it("with one idempotency key make one request", async () => {
		const store = gatherStore(test.store);
		const made = await Promise.all(
			[1, 2, 3].map(() => store.create(submission("six", "key"))),
		);
		expect(new Set(made.map(({ request }) => request?.id)).size).toBe(1);
		expect(made.filter(({ created }) => created)).toHaveLength(1);
	});
});
