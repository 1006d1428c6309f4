import { create } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { expect, test } from "vitest";
import {
	BrokerService,
	ExplainResponseSchema,
	Reason,
} from "../gen/polytope/broker/v1/broker_pb.js";
import {
	type Request,
	RequestSchema,
	Status,
} from "../gen/polytope/store/v1/store_pb.js";
import { openLog } from "../services/platform/log.ts";
import { openFar } from "../services/platform/rpc/far.ts";
import { link } from "../services/platform/rpc/link.ts";
import { openExplainer } from "./explainer.ts";

const NOW = 1_000_000;
const open = (broker: Parameters<typeof openExplainer>[0]["broker"]) =>
	openExplainer({
		broker,
		clock: { now: () => NOW },
		log: openLog("silent"),
	});

/** A broker that says so much, and how often it was asked. */
function saying(answer: () => Promise<string>) {
	const asked: string[] = [];
	const broker = link(BrokerService, {
		routes: (router) =>
			router.service(BrokerService, {
				explain: async ({ requestId }) => {
					asked.push(requestId);
					return create(ExplainResponseSchema, {
						code: Reason.PAUSED,
						short: await answer(),
					});
				},
			}),
	});
	return { asked, ...open(broker) };
}

const waiting = (id: string, more: Partial<Request> = {}): Request => ({
	...create(RequestSchema, {
		id,
		user: { id: "u" },
		collection: "fc",
		status: Status.WAITING,
		modifiedAt: timestampFromMs(NOW - 2_000),
	}),
	...more,
});

test("a lane is asked for once, however many of its requests are polled", async () => {
	const it = saying(async () => "paused");
	const all = Array.from({ length: 300 }, (_, n) => waiting(`${n}`));
	expect(it.known(waiting("new"))).toBeUndefined();
	const said = await Promise.all(all.map((one) => it.short(one)));
	expect(new Set(said)).toEqual(new Set(["paused"]));
	expect(it.asked).toEqual(["0"]);
	expect(it.known(waiting("new"))).toBe("paused");
	await it.short(waiting("other", { collection: "other" }));
	expect(it.asked).toEqual(["0", "other"]);
});

test("nobody is asked for what has not waited for long, or is told already", async () => {
	const it = saying(async () => "paused");
	const recent = { modifiedAt: timestampFromMs(NOW - 1_999) };
	expect(await it.short(waiting("1", recent))).toBeUndefined();
	const told = { userMessage: "away (tried again at 12:00)" };
	expect(await it.short(waiting("2", told))).toBeUndefined();
	for (const status of [Status.PROCESSING, Status.UPLOADING, Status.FAILED])
		expect(await it.short(waiting("3", { status }))).toBeUndefined();
	expect(it.asked).toEqual([]);
});

test("a broker that does not answer is waited for once, for a moment", async () => {
	const it = saying(() => new Promise<string>(() => undefined));
	const all = ["1", "2", "3"].map((lane) =>
		waiting(lane, { collection: lane }),
	);
	expect(await it.short(waiting("0"))).toBeUndefined();
	for (const one of all) expect(await it.short(one)).toBeUndefined();
	expect(await it.whole("4")).toBeUndefined();
	expect(it.asked).toEqual(["0"]);
});

test("one that is nowhere fails nothing", async () => {
	const away = openFar({ urls: ["http://127.0.0.1:1"] });
	const it = open(link(BrokerService, away));
	expect(await it.short(waiting("1"))).toBeUndefined();
	expect(await it.whole("2")).toBeUndefined();
});
