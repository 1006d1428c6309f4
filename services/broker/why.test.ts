import { expect, test } from "vitest";
import { Reason } from "../../gen/polytope/broker/v1/broker_pb.js";
import { type Standing, whyWaiting } from "./why.ts";

const at = (more: Partial<Standing> = {}): Standing => ({
	collection: "fc",
	paused: false,
	workers: true,
	room: true,
	user: { inFlight: 0, limit: 2 },
	total: { inFlight: 0, limit: 20 },
	before: { own: 0, others: 0, exact: true },
	...more,
});
const before = (own: number, others: number, exact = true) => ({
	before: { own, others, exact },
});

test.each<[string, Partial<Standing>, Reason, string]>([
	[
		"paused",
		{ paused: true, workers: false },
		Reason.PAUSED,
		"collection fc is paused by its operators",
	],
	[
		"nobody serves",
		{ workers: false, room: false, ...before(0, 1) },
		Reason.NO_WORKER,
		"no worker that serves collection fc is running now; 1 request of others is before it",
	],
	[
		"the user's limit",
		{ user: { inFlight: 2, limit: 2 }, room: false, ...before(0, 7) },
		Reason.USER_LIMIT,
		"2 of the 2 requests that you may run at once in collection fc are still running",
	],
	[
		"a lowered limit of one",
		{ user: { inFlight: 3, limit: 1 }, ...before(4, 7) },
		Reason.USER_LIMIT,
		"the one request that you may run at once in collection fc is still running; 4 of yours are before it",
	],
	[
		"the collection's limit",
		{ total: { inFlight: 20, limit: 20 }, ...before(0, 3) },
		Reason.COLLECTION_LIMIT,
		"collection fc serves 20 requests at once, and 20 are running; 3 requests of others are before it",
	],
	[
		"busy workers",
		{ room: false, ...before(1, 0) },
		Reason.WORKERS_BUSY,
		"all workers are busy; 1 of yours is before it",
	],
	["nothing", {}, Reason.NEXT, "it is next"],
	[
		"its turn",
		before(2, 3),
		Reason.TURN,
		"3 requests of others and 2 of yours are before it",
	],
	[
		"many",
		before(0, 1000, false),
		Reason.TURN,
		"at least 1000 requests of others are before it",
	],
])("waits for %s", (_, standing, code, words) => {
	const why = whyWaiting(at(standing));
	expect(why).toMatchObject({ code, words });
	// What is told to the whole lane knows nothing of one request's place.
	expect(why.short).not.toContain("before it");
});

test("without limits nobody is at one", () => {
	const none = { inFlight: 1000, limit: 0 };
	expect(whyWaiting(at({ user: none, total: none })).code).toBe(Reason.NEXT);
});
