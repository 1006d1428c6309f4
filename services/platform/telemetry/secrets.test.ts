import { expect, it } from "vitest";
import { lifecycleSpans } from "./lifecycle-spans.ts";

const LIFE = {
	id: "0199e0e5-4a6e-7b7e-8f33-2f7d5ab01c22",
	traceparent: "",
	collection: "c",
	datasource: "d",
	verb: "retrieve",
	bytes: undefined,
};

it("spans say why without the secrets in it", () => {
	const reason = "no answer of postgres://u:hunter2@db/x (Bearer abcdefgh)";
	const step = (status: string, at: number, reason = "") => ({
		...{ status, at, attempt: 1, reason },
	});
	const spans = lifecycleSpans({
		...LIFE,
		history: [
			step("waiting", 1),
			step("queued", 2),
			step("processing", 3),
			step("waiting", 4, reason),
			step("queued", 5),
			step("processing", 6),
			step("failed", 7, reason),
		],
	});
	const text = JSON.stringify(spans);
	expect(text).toContain("no answer of postgres://[redacted]@db/x");
	expect(text).not.toMatch(/hunter2|abcdefgh/);
});
