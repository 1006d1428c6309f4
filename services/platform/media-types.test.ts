import { expect, test } from "vitest";
import { servedType } from "./media-types.ts";

test.each([
	["application/x-grib", undefined, "application/x-grib"],
	["application/prs.coverage+json", "*/*", "application/prs.coverage+json"],
	["text/csv", undefined, "application/octet-stream"],
	["text/csv", "*/*", "application/octet-stream"],
	["text/csv", "application/json, Text/CSV;q=0.5", "text/csv"],
	["text/csv", "text/*", "text/csv"],
	["application/geo+json", "text/*", "application/octet-stream"],
])("%s with Accept %s goes out as %s", (mediaType, accept, served) => {
	expect(servedType(mediaType, accept)).toBe(served);
});
