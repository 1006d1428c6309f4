import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
	type EventReader,
	readEvents,
	type ServerSent,
} from "../kit/events.ts";
import { INSTALL_TIMEOUT } from "../kit/tools.ts";
import { openTestWorld, type TestWorld } from "../kit/world.ts";
import { openIn, WORLDS } from "../kit/worlds.ts";

const CONFIG = `
worker: {drain: 200ms}
lease: {renew: 200ms}
http: {limits: {events: {per_user: 300}}}
datasources: {slow: {type: dummy, pace: 50ms}}
collections:
  slow: {datasources: [slow]}
`;
const LISTENERS = 300;
const STEPS = ["waiting", "queued", "processing", "processed"];

const eventsOf = (
	{ url }: TestWorld,
	id: string,
	options?: Parameters<typeof readEvents>[1],
) => readEvents(`${url()}/api/v1/requests/${id}/events`, options);

const statusOf = ({ data }: ServerSent): unknown =>
	typeof data === "object" && data !== null && "status" in data
		? data.status
		: undefined;

/** The statuses that were told, and the ids of their events. */
const steps = (events: readonly ServerSent[]) =>
	events
		.filter(({ name }) => name !== "progress")
		.map((event) => [event.lastId, event.name, statusOf(event)]);

describe.each(WORLDS)("events of a request, %s", (where) => {
	let it: TestWorld;
	beforeAll(async () => {
		it = await openIn(where, CONFIG);
	}, INSTALL_TIMEOUT);
	afterAll(() => it[Symbol.asyncDispose]());
	const slow = (mib: number) => it.demo().submit("slow", { size: `${mib}MiB` });

	test("tell each status and progress, and end with its end", async () => {
		const id = await slow(100);
		await using reader = await eventsOf(it, id);
		expect(reader.response.headers.get("content-type")).toBe(
			"text/event-stream",
		);
		const events = await reader.rest();
		expect(steps(events)).toEqual(
			STEPS.map((status, index) => [
				String(index + 1),
				status === "processed" ? "end" : "status",
				status,
			]),
		);
		const progress = events.filter(({ name }) => name === "progress");
		expect(progress.length).toBeGreaterThan(0);
		expect(progress[0]?.lastId).toBe("3");
		expect(events.at(-1)?.data).toMatchObject({
			status: "processed",
			attempt: 1,
			location: `${it.url()}/api/v1/requests/${id}`,
		});
		expect(reader.retryMs()).toBeGreaterThan(0);
	});

	test("go on after the last one that was read; after the end there is nothing to come back for", async () => {
		const id = await slow(8);
		await using first = await eventsOf(it, id);
		const seen = [await first.next()];
		await first[Symbol.asyncDispose]();
		await it.demo().ended(id);
		const lastId = seen.at(-1)?.lastId ?? "";
		expect(lastId).not.toBe("");
		await using again = await eventsOf(it, id, { lastId });
		const rest = await again.rest();
		expect(rest.map((event) => Number(event.lastId))).toEqual(
			[1, 2, 3, 4].slice(Number(lastId)),
		);
		await using over = await eventsOf(it, id, { lastId: "4" });
		expect(over.response.status).toBe(204);
		await using stranger = await eventsOf(it, id, { lastId: "what" });
		expect(steps(await stranger.rest())).toHaveLength(4);
	});

	test("are for its owner", async () => {
		const id = await it.other().submit("echo", "x");
		await using reader = await eventsOf(it, id);
		expect(reader.response.status).toBe(404);
		await using none = await eventsOf(it, "echo");
		expect(none.response.status).toBe(404);
		await using unknown = await eventsOf(it, id, { key: "wrong" });
		expect(unknown.response.status).toBe(401);
		const head = await fetch(`${it.url()}/api/v1/requests/${id}/events`, {
			method: "HEAD",
			headers: { authorization: "Bearer other-key" },
		});
		expect([head.status, head.headers.get("content-type")]).toEqual([
			200,
			"text/event-stream",
		]);
	});

	test("tell of an end by revoking", async () => {
		const id = await slow(4000);
		await using reader = await eventsOf(it, id);
		for (let one = await reader.next(); one; one = await reader.next())
			if (statusOf(one) === "processing") break;
		await it.demo().revoke(id);
		const rest = await reader.rest();
		expect(steps(rest).at(-1)).toEqual(["4", "end", "cancelled"]);
	});

	test("can be read by hundreds at once, and by no more than may", async () => {
		const id = await slow(4000);
		await using stack = new AsyncDisposableStack();
		const readers: EventReader[] = await Promise.all(
			Array.from({ length: LISTENERS }, () => eventsOf(it, id)),
		);
		for (const reader of readers) stack.use(reader);
		await using refused = await eventsOf(it, id);
		expect(refused.response.status).toBe(403);
		await it.demo().revoke(id);
		const all = await Promise.all(readers.map((reader) => reader.rest()));
		for (const events of all)
			expect(steps(events).at(-1)).toEqual([
				expect.stringMatching(/^[234]$/),
				"end",
				"cancelled",
			]);
		await using next = await eventsOf(it, id);
		expect(next.response.status).toBe(200);
	}, 40_000);
});

test("streams end with the gateway, and say when to come back", async () => {
	await using it = await openTestWorld({ split: false, config: CONFIG });
	const id = await it.demo().submit("slow", { size: "4000MiB" });
	await using reader = await eventsOf(it, id);
	await reader.next();
	const stopped = it.stop();
	const rest = await reader.rest();
	expect(rest.filter(({ name }) => name === "end")).toEqual([]);
	expect(reader.retryMs()).toBeGreaterThanOrEqual(2_000);
	await stopped;
	await it.restart();
});
