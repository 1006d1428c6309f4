import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { configDocument } from "./document.ts";

const FILE = new URL("../../../docs/configuration.md", import.meta.url);

it("is what docs/configuration.md holds (else: node scripts/configuration-doc.ts)", () => {
	expect(readFileSync(FILE, "utf8")).toBe(configDocument());
});

it.each([
	["`limits.body`", "size", "`10MiB`"],
	["`<name>.limits.per-user`", "whole number", ""],
	["`<name>.path`", "list of paths", ""],
	["`<name>.authenticators.<name>.users[].password_hash`", "text", ""],
	["`threshold`", "size", "`10G`"],
])("lists %s", (key, kind, value) => {
	const line = configDocument()
		.split("\n")
		.find((line) => line.startsWith(`| ${key} |`));
	expect(line?.split(" | ").slice(1, 3)).toEqual([kind, value]);
});

it("leaves no key without a meaning", () => {
	const rows = configDocument()
		.split("\n")
		.filter((line) => line.startsWith("| `"));
	expect(rows.length).toBeGreaterThan(60);
	expect(rows.filter((row) => row.endsWith("|  |"))).toEqual([]);
});
