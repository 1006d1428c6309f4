import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
	type CreateRequest,
	type Request,
	Status,
} from "../../gen/polytope/store/v1/store_pb.js";
import {
	attemptsOf,
	LEASE,
	openTestStore,
	type Place,
	type TestStore,
} from "../../test/kit/store.ts";

let it: TestStore;
beforeAll(async () => {
	it = await openTestStore();
});
afterAll(() => it[Symbol.asyncDispose]());

async function archive(
	{ userId, collection }: Place,
	more: Partial<Pick<CreateRequest, "uploading" | "url">> = { uploading: true },
): Promise<Request> {
	const { request } = await it.store.create({
		user: { id: userId, username: "a", realm: "r", roles: ["default"] },
		collection,
		verb: "archive",
		posted: "class: od",
		coerced: '{"class":"od"}',
		datasource: "fields",
		...more,
	});
	if (request === undefined) throw new Error("no request");
	return request;
}

const begin = async (id: string, { userId }: Place): Promise<string> =>
	(await it.store.beginUpload({ id, userId })).stagingKey;

const end = (id: string, { userId }: Place, key: string) =>
	it.store.endUpload({
		id,
		userId,
		input: { key, length: 12n, sha256: "aa", md5: "bb" },
	});

async function claimed(
	at: Place,
): Promise<Request & { readonly stagingKey: string }> {
	const attempts = attemptsOf(await it.admit(at, 1));
	const { claimed } = await it.store.claim({
		workerId: "w",
		attempts,
		lease: LEASE,
	});
	const [{ request, stagingKey } = {}] = claimed;
	if (request === undefined || stagingKey === undefined)
		throw new Error("nothing was claimed");
	return { ...request, stagingKey };
}

const referenced = async (...keys: string[]): Promise<string[]> =>
	(await it.store.referenced({ keys })).referenced;

test("an archive request waits for its data, and then for its turn", async () => {
	const at = it.own();
	const { id, status, input } = await archive(at);
	expect(status).toBe(Status.UPLOADING);
	expect(input).toBeUndefined();
	expect(await it.admit(at, 1)).toEqual([]);
	const key = await begin(id, at);
	expect((await it.get(id)).input).toBeUndefined();
	expect(await referenced(key)).toEqual([key]);
	const { request } = await end(id, at, key);
	expect(request?.status).toBe(Status.WAITING);
	expect(request?.input).toMatchObject({ key, length: 12n, md5: "bb" });
	expect(request?.history.map((step) => step.status)).toEqual([
		Status.UPLOADING,
		Status.WAITING,
	]);
	expect((await claimed(at)).input?.key).toBe(key);
	expect(await it.healed()).toBe(0);
});

test("data is kept until it is archived, which leaves no result in staging", async () => {
	const at = it.own();
	const { id } = await archive(at);
	const key = await begin(id, at);
	await end(id, at, key);
	const { attempt, stagingKey } = await claimed(at);
	expect(await referenced(key)).toEqual([key]);
	const settlement = {
		attempt: { requestId: id, attempt, stagingKey },
		outcome: { case: "archived", value: {} },
		userMessage: "Archived 1 field",
	} as const;
	for (let time = 0; time < 2; time++) {
		const { lost } = await it.store.settle({ settlements: [settlement] });
		expect(lost).toEqual([]);
	}
	const done = await it.get(id);
	expect(done.status).toBe(Status.PROCESSED);
	expect(done.userMessage).toBe("Archived 1 field");
	expect(done.result).toBeUndefined();
	expect(await referenced(key)).toEqual([]);
	const { requests } = await it.store.expired({
		modifiedBefore: timestampFromMs(it.clock.ms + 1),
		limit: 1000,
		withResult: true,
	});
	expect(requests.map((request) => request.id)).not.toContain(id);
});

test("of two uploads the first that is whole counts, in whatever order they began; ending it twice is success", async () => {
	const at = it.own();
	const { id } = await archive(at);
	const first = await begin(id, at);
	const second = await begin(id, at);
	await end(id, at, first);
	await end(id, at, first);
	expect((await it.get(id)).input?.key).toBe(first);
	expect(await referenced(first, second)).toEqual([first]);
	await expect(begin(id, at)).rejects.toThrow(/is waiting/);
	await expect(end(id, at, second)).rejects.toThrow(/is waiting/);
	expect(await it.healed()).toBe(0);
});

test("nobody uploads for another, for a retrieve, or after a cancellation", async () => {
	const at = it.own();
	const { id } = await archive(at);
	await expect(begin(id, it.own())).rejects.toThrow(/not found/);
	const key = await begin(id, at);
	await expect(end(id, it.own(), key)).rejects.toThrow(/not found/);
	await it.store.cancel({ id, userId: at.userId });
	await expect(end(id, at, key)).rejects.toThrow(/not found/);
	expect(await referenced(key)).toEqual([]);
	const other = await it.submit(at);
	await expect(begin(other.id, at)).rejects.toThrow(/is waiting/);
	expect(await it.healed()).toBe(0);
});

test("an archive request with a URL waits for its turn at once", async () => {
	const at = it.own();
	const { status, url } = await archive(at, { url: "https://example.org/x" });
	expect([status, url]).toEqual([Status.WAITING, "https://example.org/x"]);
});

test("an upload in time keeps a request from failing for want of one", async () => {
	const at = it.own();
	const { id } = await archive(at);
	it.clock.ms += 10_000;
	await begin(id, at);
	const { failed } = await it.store.failUploads({
		modifiedBefore: timestampFromMs(it.clock.ms - 5_000),
		limit: 100,
	});
	expect(failed).not.toContain(id);
});
