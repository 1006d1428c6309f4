import { expect, it } from "vitest";
import { openLog } from "../log.ts";
import { asFault } from "./bugs.ts";

it("a bug of this process is logged with its stack once", () => {
	let line = "";
	const log = openLog("error", {
		out: {
			write: (text: string) => {
				line += text;
			},
		},
	});
	function whereItHappens(): never {
		throw new TypeError("a bug");
	}
	try {
		whereItHappens();
	} catch (reason) {
		log.error({ event: "http.bug", err: asFault(reason) }, "a bug");
	}
	expect(line.match(/at whereItHappens/g)).toHaveLength(1);
	expect(line).toContain("TypeError");
});
