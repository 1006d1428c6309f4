import { expect, test } from "vitest";
import { readArguments } from "./arguments.ts";

test("nothing said is everything, in .data", () => {
	expect(readArguments([])).toEqual({
		data: ".data",
		config: [],
		checkOnly: false,
		help: false,
		split: false,
	});
});

test("roles may be named again and again", () => {
	const said = "--role worker --role broker --role worker --ops-port 0";
	expect(readArguments(said.split(" "))).toMatchObject({
		roles: new Set(["worker", "broker"]),
		opsPort: 0,
	});
});

test.each(["--role cook", "--ops-port 70000", "--port x", "--no-such", "word"])(
	"%s is told with the usage",
	(said) => {
		const told = readArguments(said.split(" "));
		expect(told).toContain(said.split(" ").at(-1));
		expect(told).toContain("roles: store, staging");
	},
);
