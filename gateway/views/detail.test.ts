import { readFileSync } from "node:fs";
import { join } from "node:path";
import { create } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { expect, test } from "vitest";
import {
	ExplainResponseSchema,
	Reason,
} from "../../gen/polytope/broker/v1/broker_pb.js";
import { RequestSchema, Status } from "../../gen/polytope/store/v1/store_pb.js";
import { attemptsView, detailSchema, detailView } from "./detail.ts";

const step = (status: Status, ms: number, attempt: number, reason = "") => ({
	status,
	at: timestampFromMs(ms),
	attempt,
	reason,
});
const request = create(RequestSchema, {
	status: Status.WAITING,
	attempt: 2,
	retries: 1,
	notBefore: timestampFromMs(9_000),
	traceparent: `00-${"a".repeat(32)}-${"b".repeat(16)}-01`,
	history: [
		step(Status.WAITING, 1_000, 0),
		step(Status.QUEUED, 2_000, 1),
		step(Status.WAITING, 3_000, 1, "the queue was lost"),
		step(Status.QUEUED, 4_000, 2),
		step(Status.PROCESSING, 5_000, 2),
		step(Status.WAITING, 6_000, 2, "away"),
	],
});

test("an attempt ends with the status that comes after it", () => {
	expect(attemptsView(request.history)).toEqual([
		{
			attempt: 1,
			queued: 2,
			begin: null,
			end: 3,
			outcome: "waiting",
			reason: "the queue was lost",
		},
		{
			attempt: 2,
			queued: 4,
			begin: 5,
			end: 6,
			outcome: "waiting",
			reason: "away",
		},
	]);
	expect(attemptsView(request.history.slice(0, 5)).at(-1)).toMatchObject({
		end: null,
		outcome: null,
	});
});

test("what the broker says is told in seconds and words; without it the rest is", () => {
	const explained = create(ExplainResponseSchema, {
		code: Reason.USER_LIMIT,
		reason: "Because.",
		ahead: { own: 2n, others: 3n, exact: false },
		estimate: {
			p50: { seconds: 1n, nanos: 500_000_000 },
			p90: { seconds: 7n },
			sample: 6,
			since: timestampFromMs(500),
		},
	});
	const view = detailView(request, { explained });
	expect(detailSchema.strict().parse(view)).toEqual(view);
	expect(view).toMatchObject({
		waiting_for: { code: "user-limit", reason: "Because." },
		position: { before: 5, own: 2, exact: false },
		estimate: { p50: 1.5, p90: 7, sample: 6, since: 0.5 },
		not_before: 9,
		retries: 1,
		trace_id: "a".repeat(32),
	});
	expect(detailView(request, {})).toMatchObject({
		status: "waiting",
		waiting_for: null,
		position: null,
		estimate: null,
	});
});

test("the user's guide knows every code", () => {
	const guide = readFileSync(
		join(import.meta.dirname, "../../docs/waiting.md"),
		"utf8",
	);
	const codes = Object.values(Reason)
		.filter((code) => typeof code === "number")
		.filter((code) => code !== Reason.UNSPECIFIED && code !== Reason.ENDED)
		.map((code) => {
			const explained = create(ExplainResponseSchema, { code });
			return detailView(request, { explained }).waiting_for?.code ?? "";
		});
	expect(codes).toHaveLength(11);
	for (const code of codes) expect(guide).toContain(`| \`${code}\` |`);
});
