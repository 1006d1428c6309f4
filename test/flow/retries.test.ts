import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { download } from "../kit/caller.ts";
import { INSTALL_TIMEOUT } from "../kit/tools.ts";
import { until } from "../kit/until.ts";
import type { TestWorld } from "../kit/world.ts";
import { openIn, WORLDS } from "../kit/worlds.ts";

const CONFIG = `
retry: {times: 3, first: 400ms, most: 800ms}
broker: {sweep: 1h}
datasources:
  flaky: {type: raise, temporary: 2, error_message: "The archive is down"}
  down: {type: raise, temporary: 9, error_message: "The archive is down"}
collections:
  flaky: {datasources: [flaky]}
  down: {datasources: [down]}
`;

describe.each(WORLDS)("a temporary fault, %s", (where) => {
	let it: TestWorld;
	beforeAll(async () => {
		it = await openIn(where, CONFIG);
	}, INSTALL_TIMEOUT);
	afterAll(() => it[Symbol.asyncDispose]());

	// Both mostly wait.
	test.concurrent("is tried again by itself, and the user sees why it takes longer", async () => {
		const id = await it.demo().submit("flaky", "x");
		const told = await until("it is deferred", async () => {
			const { message } = await it.demo().poll(id);
			return message.includes("tried again") && message;
		});
		expect(told).toMatch(/^The archive is down \(.*, retry [12] of 3\)$/);
		const { code, location } = await it.demo().ended(id);
		expect(code).toBe(303);
		expect((await download(location)).toString()).toBe(
			"served after 2 temporary faults\n",
		);
		const history = (await it.demo().record(id))?.history ?? [];
		expect(history.filter(({ status }) => status === "queued")).toHaveLength(3);
		expect(
			history.filter(({ reason }) => reason.includes("The archive is down")),
		).toHaveLength(2);
	});

	test.concurrent("that lasts fails the request, which an operator may let be tried again", async () => {
		const { store } = it.world();
		const id = await it.demo().submit("down", "x");
		const ended = await it.demo().ended(id);
		expect(ended.code).toBe(400);
		expect(ended.message).toContain("The archive is down (tried 4 times)");
		const { requests } = await store.deadLetters({ limit: 10 });
		expect(requests.map((request) => request.id)).toEqual([id]);
		expect((await store.revive({ ids: [id] })).revived).toEqual([id]);
		expect((await it.demo().ended(id)).code).toBe(400);
		expect((await it.demo().record(id))?.attempt).toBe(8);
	});
});
