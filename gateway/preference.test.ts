import { expect, test } from "vitest";
import { DETAIL, prefers } from "./preference.ts";

test.each([
	[undefined, false],
	["*/*", false],
	["application/json", false],
	["application/*, */*;q=0.1", false],
	[DETAIL, true],
	["Application/Vnd.Polytope.Detail+JSON", true],
	[`${DETAIL}; charset=utf-8`, true],
	[`${DETAIL}, application/json`, true],
	[`${DETAIL}, application/json;q=0.9, */*;q=0.1`, true],
	[`${DETAIL};q=0.5, application/json`, false],
	[`${DETAIL};q=0.5, */*`, false],
	[`${DETAIL};q=0.5, */*;q=0.4`, true],
	[`${DETAIL};q=0`, false],
	[`${DETAIL};q=0.000`, false],
	[`${DETAIL}x`, false],
	["", false],
])("Accept: %s", (accept, wanted) => {
	expect(prefers(accept, DETAIL)).toBe(wanted);
});
