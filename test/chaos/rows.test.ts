import { expect, test } from "vitest";
import type { Seen } from "./client.ts";
import type { Row } from "./database.ts";
import type { Oracle } from "./expected.ts";
import { openJournal } from "./journal.ts";
import { checkRows, checkSeen } from "./rows.ts";
import { type Task, tasksOf } from "./tasks.ts";

const oracle: Oracle = {
	archived: () => undefined,
	contentOf: (collection) => (collection === "echo" ? "right" : undefined),
};

const [someTask] = tasksOf(1, 1, 0);
if (someTask === undefined) throw new Error("no task");
const task: Task = { ...someTask, collection: "echo" };

const row: Row = {
	id: "r",
	username: "u0",
	collection: "echo",
	verb: "retrieve",
	status: "processed",
	posted: "text",
	hidden: false,
	attempt: 1,
	user_message: "",
	staging_key: "k",
	input_key: null,
	media_type: "application/octet-stream",
	sha256: "right",
	idempotency_key: null,
	history: ["waiting", "queued", "processing", "processed"].map((s) => ({
		s,
		a: 1,
	})),
};
const ready: Seen = { task, id: "r", end: "processed", sha256: "right" };

function violations(rows: readonly Row[], seen: readonly Seen[]): string[] {
	const journal = openJournal();
	checkRows(rows, { oracle, journal, seen });
	checkSeen(rows, { oracle, journal, seen });
	return [...journal.violations];
}

const history = (...steps: string[]) => steps.map((s) => ({ s, a: 1 }));
const failed: Seen = { task, id: "r", end: "failed", message: "no" };

test("what is as it must be is no violation", () => {
	expect(violations([row], [ready])).toEqual([]);
	const again = history(
		...["waiting", "queued", "processing", "waiting"],
		...["queued", "processing", "processed"],
	);
	expect(violations([{ ...row, history: again }], [ready])).toEqual([]);
	const gone: Row = {
		...row,
		status: "cancelled",
		hidden: true,
		history: history("waiting", "cancelled"),
	};
	const revoked = { task, id: "r", end: "gone", revoked: "yes" } as const;
	expect(violations([gone], [revoked])).toEqual([]);
});

test("a polytope-client that gave up submitting is no violation; one that says anything else is", () => {
	const said = (message: string): Seen => ({
		task: { ...task, real: true },
		end: "failed",
		message,
	});
	expect(violations([], [said("GivenUpRequestError: …")])).toEqual([]);
	expect(violations([], [said("ForbiddenRequestError: …")])).toHaveLength(1);
});

test.each<[string, Row[], Seen[], RegExp]>([
	["a lost request", [], [ready], /accepted and is not there/],
	[
		"a step that the life cycle does not allow",
		[{ ...row, history: history("waiting", "processed") }],
		[ready],
		/may not follow/,
	],
	["wrong content in the row", [{ ...row, sha256: "x" }], [ready], /row says/],
	[
		"wrong content on the wire",
		[row],
		[{ ...ready, sha256: "x" }],
		/served wrong content/,
	],
	["a failure", [{ ...row, status: "failed" }], [failed], /failed:/],
	["a request told as failed", [row], [failed], /was told failed/],
	[
		"one revoked that went on",
		[row],
		[{ ...ready, revoked: "yes" }],
		/revoked and is processed/,
	],
	[
		"one cancelled by nobody",
		[{ ...row, status: "cancelled" }],
		[failed],
		/nobody revoked it/,
	],
	[
		"one submission made twice",
		[
			{ ...row, idempotency_key: "one" },
			{ ...row, id: "s", idempotency_key: "one" },
		],
		[ready],
		/made twice/,
	],
	[
		"one whose client never got an answer",
		[row],
		[{ task, end: "never" }],
		/never accepted/,
	],
])("%s is noticed", (_, rows, seen, expected) => {
	expect(violations(rows, seen).join("\n")).toMatch(expected);
});
