import { randomBytes } from "node:crypto";
import { create } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
	type Request,
	RequestSchema,
	Status,
} from "../../../gen/polytope/store/v1/store_pb.js";
import { openScrub } from "../../platform/log/scrub.ts";
import { attemptSpan } from "../../platform/telemetry/lifecycle-spans.ts";
import { openTestReceiver, type TestReceiver } from "../fixtures/receiver.ts";
import { traceOf } from "./trace.ts";

const CLIENT = "c1".repeat(8);
const SUBMISSION = "5b".repeat(8);

let own: TestReceiver;
beforeAll(async () => {
	own = await openTestReceiver();
});
afterAll(() => own[Symbol.asyncDispose]());

const hex = (bytes: number): string => randomBytes(bytes).toString("hex");

/** A request that was served at its first attempt, or still is. */
function request(status: Status, flags = "01"): Request {
	const ends = status === Status.PROCESSED ? [Status.PROCESSED] : [];
	const way = [Status.WAITING, Status.QUEUED, Status.PROCESSING, ...ends];
	return create(RequestSchema, {
		id: "01a1ff9c-37a5-7c85-b690-44267894fd52",
		status,
		attempt: 1,
		traceparent: `00-${hex(16)}-${SUBMISSION}-${flags}`,
		createdAt: timestampFromMs(own.clock.ms),
		history: way.map((one, index) => ({
			status: one,
			at: timestampFromMs(own.clock.ms + index * 10),
			attempt: index === 0 ? 0 : 1,
		})),
	});
}

/** Keeps spans of its trace, each with its parent. */
async function arrive(
	{ traceparent }: Request,
	...spans: readonly (readonly [id: string, parent: string])[]
): Promise<void> {
	const [, trace = ""] = traceparent.split("-");
	await own.keeper.keep(
		spans.map(([span, parent]) => ({
			...{ trace, span, parent, name: "s", kind: 1, role: "worker" },
			...{ instance: "i", began: own.clock.ms * 1000, nanoseconds: 1 },
			...{ failed: false, attributes: {}, events: [] },
		})),
	);
}

const told = async (of: Request) =>
	(await traceOf({ db: own.db, scrub: openScrub() }, of)).spans;
const attemptOf = (of: Request): string => attemptSpan(of, 1)?.spanId ?? "";

describe("a trace", () => {
	it("is whole when each span has its parent, but for the client's own", async () => {
		const served = request(Status.PROCESSED);
		await arrive(served, [SUBMISSION, CLIENT], [hex(8), attemptOf(served)]);
		const { incomplete, items } = await told(served);
		expect(incomplete).toBe(false);
		expect(items.map(({ name }) => name).toSorted()).toEqual([
			"attempt",
			"queued",
			"request",
			"s",
			"s",
			"waiting",
		]);
	});

	it("lacks something when the submission did not arrive", async () => {
		const served = request(Status.PROCESSED);
		await arrive(served, [hex(8), attemptOf(served)]);
		expect(await told(served)).toMatchObject({ incomplete: true });
	});

	it("lacks something when a parent did not arrive", async () => {
		const served = request(Status.PROCESSED);
		await arrive(served, [SUBMISSION, CLIENT], [hex(8), hex(8)]);
		expect(await told(served)).toMatchObject({ incomplete: true });
	});

	it("lacks something when inner spans were wanted and none came", async () => {
		const served = request(Status.PROCESSED);
		await arrive(served, [SUBMISSION, CLIENT]);
		expect(await told(served)).toMatchObject({ incomplete: true });
		const unsampled = request(Status.PROCESSED, "00");
		await arrive(unsampled, [SUBMISSION, CLIENT]);
		expect(await told(unsampled)).toMatchObject({ incomplete: false });
	});

	it("of a request that goes on awaits the spans of what goes on", async () => {
		const runs = request(Status.PROCESSING);
		await arrive(runs, [SUBMISSION, CLIENT], [hex(8), attemptOf(runs)]);
		expect(await told(runs)).toMatchObject({ incomplete: false });
	});
});
