import { Readable } from "node:stream";
import { describe, expect, test } from "vitest";
import { readBody } from "./body.ts";
import { Problem } from "./problem.ts";
import {
	postedForm,
	readSubmission,
	refuseRoundedNumbers,
	submissionSchema,
} from "./submission.ts";

const read = (text: string) => readSubmission(Buffer.from(text));
const refusal = (work: () => unknown): string => {
	try {
		work();
	} catch (reason) {
		if (reason instanceof Problem) return `${reason.status} ${reason.message}`;
		throw reason;
	}
	return "accepted";
};

test("a retrieve of the Python client", () => {
	const submission = read(
		'{"verb": "retrieve", "request": "class: od\\nexpver: 0099\\n"}',
	);
	expect(submission).toEqual({
		verb: "retrieve",
		request: "class: od\nexpver: 0099\n",
		url: "",
	});
	expect(submissionSchema.safeParse(submission).success).toBe(true);
});

test.each([
	["", /^400 The body is empty/],
	["{", /^400 The body is not valid JSON/],
	["5", "400 HTTP request content is missing 'verb' (e.g. retrieve)"],
	["null", "400 HTTP request content is missing 'verb' (e.g. retrieve)"],
	["[]", "400 HTTP request content is missing 'verb' (e.g. retrieve)"],
	[
		'{"request": 1}',
		"400 HTTP request content is missing 'verb' (e.g. retrieve)",
	],
	['{"verb": "retrieve"}', "400 HTTP request content is missing 'request'"],
	[
		'{"__proto__": {"verb": "retrieve", "request": 1}}',
		"400 HTTP request content is missing 'verb' (e.g. retrieve)",
	],
	[
		'{"verb": "delete", "request": 1}',
		"400 Transfer type delete not supported",
	],
	[
		'{"verb": ["retrieve"], "request": 1}',
		"400 Transfer type object not supported",
	],
])("%s is refused", (text, reason) => {
	expect(refusal(() => read(text))).toMatch(reason);
});

test("bytes that are not UTF-8 are refused", () => {
	expect(refusal(() => readSubmission(Buffer.from([0x7b, 0xff, 0x7d])))).toBe(
		"400 The body is not valid UTF-8",
	);
});

test("a body nested ten thousand times is no more than refused", () => {
	expect(refusal(() => read("[".repeat(10_000) + "]".repeat(10_000)))).toMatch(
		/^400 /,
	);
});

test("a document is kept as text, or as JSON text", () => {
	expect(postedForm("a: 1")).toEqual({ posted: "a: 1", postedJson: false });
	expect(postedForm({ a: [1, "2"] })).toEqual({
		posted: '{"a":[1,"2"]}',
		postedJson: true,
	});
});

test("numbers that cannot be held are refused", () => {
	expect(
		refusal(() =>
			refuseRoundedNumbers({ a: [JSON.parse("12345678901234567890")] }),
		),
	).toMatch(/^400 The number/);
	expect(
		refusal(() =>
			refuseRoundedNumbers({ a: [0.1, 20250101, "12345678901234567890"] }),
		),
	).toBe("accepted");
});

describe("a body", () => {
	const of = (size: number) => Readable.from([Buffer.alloc(size, 1)]);
	test("up to the limit is read", async () => {
		expect((await readBody(of(10), 10, 10_000)).length).toBe(10);
	});
	test("over the limit is 413", async () => {
		await expect(readBody(of(11), 10, 10_000)).rejects.toMatchObject({
			status: 413,
		});
	});
	test("far over the limit is not read to its end", async () => {
		let sent = 0;
		const endless = Readable.from(
			(function* () {
				for (;;) {
					sent += 1;
					yield Buffer.alloc(10);
				}
			})(),
		);
		await expect(readBody(endless, 10, 10_000)).rejects.toMatchObject({
			status: 413,
		});
		expect(sent).toBeLessThan(50);
	});
});
