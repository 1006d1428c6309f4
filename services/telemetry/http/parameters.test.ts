import { timestampMs } from "@bufbuild/protobuf/wkt";
import { expect, it } from "vitest";
import { timeOf } from "./parameters.ts";

const msOf = (text: string): number => {
	const time = timeOf("since", text);
	return time === undefined ? Number.NaN : timestampMs(time);
};

it.each([
	["2024-02-29", Date.UTC(2024, 1, 29)],
	["2026-01-31T12:00", Date.UTC(2026, 0, 31, 12)],
	["2026-01-31 12:00:00.5+01:00", Date.UTC(2026, 0, 31, 11, 0, 0, 500)],
	["1700000000.25", 1_700_000_000_250],
])("%s is a time", (text, ms) => {
	expect(msOf(text)).toBe(ms);
});

it.each(["2026-02-30", "2026-02-29", "2026-04-31T00:00:00Z", "2026-13-01"])(
	"%s is none, not another day",
	(text) => {
		expect(() => timeOf("since", text)).toThrow();
	},
);
