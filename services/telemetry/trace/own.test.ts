import { expect, it } from "vitest";
import type { SpanView } from "../spans/read.ts";
import { ownSpans } from "./own.ts";

const span = (
	id: string,
	parent: string | null,
	request?: string,
	kind = "internal",
): SpanView => ({
	span_id: id,
	parent_id: parent,
	name: id,
	kind,
	role: "",
	instance: "",
	start: 0,
	duration: 0,
	error: false,
	attributes: request === undefined ? {} : { "polytope.request.id": request },
	events: [],
});

/** Two requests in one trace of a client's: of each the submission, a call, and work below the attempt, which is not there. */
const trace = [
	span("post-a", "client", undefined, "server"),
	span("admit-a", "post-a", "a"),
	span("retrieve-a", "attempt-a", "a"),
	span("settle-a", "attempt-a"),
	span("post-b", "client", undefined, "server"),
	span("admit-b", "post-b", "b"),
	span("retrieve-b", "attempt-b", "b"),
	span("settle-b", "attempt-b"),
];
const names = (all: readonly SpanView[]) => all.map(({ name }) => name);

it("leaves out what was done for another request of the same trace", () => {
	expect(names(ownSpans(trace, "b", ["post-b", "attempt-b"]))).toEqual([
		"post-b",
		"admit-b",
		"retrieve-b",
		"settle-b",
	]);
});

it("keeps what is its own by name, or cannot be told, though a parent was lost", () => {
	const lost = [
		span("stage-b", "lost", "b"),
		span("put-b", "stage-b"),
		span("some", "unknown"),
	];
	expect(names(ownSpans([...trace, ...lost], "b", ["post-b"]))).toEqual(
		expect.arrayContaining(["stage-b", "put-b", "some", "retrieve-b"]),
	);
});

it("ends where spans are each other's parents", () => {
	expect(
		ownSpans([span("x", "y"), span("y", "x")], "b", ["post-b"]),
	).toHaveLength(2);
});
