import { Writable } from "node:stream";
import { stripVTControlCharacters } from "node:util";
import { expect, it } from "vitest";
import { openLog } from "../log.ts";
import { openPretty } from "./pretty.ts";

const ofPretty = async (
	tell: (log: ReturnType<typeof openLog>) => void,
): Promise<string> => {
	let shown = "";
	const out = new Writable({
		write(chunk, _encoding, done) {
			shown += chunk;
			done();
		},
	});
	tell(openLog("info", { out: await openPretty(out) }));
	return shown;
};

it("tells a terminal nothing in the name of whoever asked", async () => {
	const hostile = "\u001b]0;title\u0007\u009b31m\u202e\r\nFAKE";
	const shown = await ofPretty((log) => {
		log
			.of("store")
			.error(
				{ event: "http.bug", reason: hostile, err: new Error(hostile) },
				hostile,
			);
	});
	expect(shown).toContain("title");
	// Colours of the printer's own are all that is left.
	const rest = shown.replaceAll(/\p{Cc}\[\d+m/gu, "");
	expect(rest).not.toMatch(/(?!\n)[\p{Cc}\p{Bidi_Control}]/u);
});

it("shows a line to people: when, how grave, who, what, and what else there is", async () => {
	const shown = await ofPretty((log) => {
		log
			.of("store")
			.info(
				{ event: "request.failed", requestId: "some-id", reason: "no data" },
				"request failed",
			);
	});
	const plain = stripVTControlCharacters(shown);
	expect(plain).toMatch(/^\[\d\d:\d\d:\d\d\] INFO.*: store request failed /);
	expect(plain).toContain('"request_id":"some-id"');
	expect(plain).toContain('"reason":"no data"');
	expect(plain.trimEnd().split("\n")).toHaveLength(1);
});
