import { expect, test } from "vitest";
import { tidyTarget } from "./target.ts";

test.each([
	["/api/v1/test", "/api/v1/test"],
	["//api/v1/test", "/api/v1/test"],
	["/prefix//api///v1/test", "/prefix/api/v1/test"],
	["/api/v1/requests/", "/api/v1/requests"],
	["/api/v1/requests/?limit=1", "/api/v1/requests?limit=1"],
	["/api/v1/requests/./abc", "/api/v1/requests/abc"],
	["/api/v1/requests/././abc/.", "/api/v1/requests/abc"],
	["/api/v1/test?next=//x/", "/api/v1/test?next=//x/"],
	["http://host:80/api/v1/test", "/api/v1/test"],
	["HTTP://host", "/"],
	["/", "/"],
	["//", "/"],
	["/?a", "/?a"],
	["*", "*"],
	["/a/../b", "/a/../b"],
	["/a/.hidden", "/a/.hidden"],
])("%s is routed as %s", (target, tidy) => {
	expect(tidyTarget(target)).toBe(tidy);
});

test("a long run of slashes costs no more than its length", () => {
	expect(tidyTarget(`/${"/".repeat(16_000)}a`)).toBe("/a");
	expect(tidyTarget(`${"/.".repeat(8_000)}x`)).toMatch(/x$/);
});
