import { Writable } from "node:stream";
import { stripVTControlCharacters } from "node:util";
import { expect, it } from "vitest";
import { openLog } from "../log.ts";
import { openPretty } from "./pretty.ts";

it("shows a line to people: when, how grave, who, what, and what else there is", async () => {
	let shown = "";
	const out = new Writable({
		write(chunk, _encoding, done) {
			shown += chunk;
			done();
		},
	});
	const log = openLog("info", { out: await openPretty(out) });
	log
		.of("store")
		.info(
			{ event: "request.failed", requestId: "some-id", reason: "no data" },
			"request failed",
		);
	const plain = stripVTControlCharacters(shown);
	expect(plain).toMatch(/^\[\d\d:\d\d:\d\d\] INFO.*: store request failed /);
	expect(plain).toContain('"request_id":"some-id"');
	expect(plain).toContain('"reason":"no data"');
	expect(plain.trimEnd().split("\n")).toHaveLength(1);
});
