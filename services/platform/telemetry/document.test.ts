import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { withInstruments } from "./document.ts";

it("is what docs/metrics.md holds (else: npm run docs)", () => {
	const page = join(import.meta.dirname, "../../../docs/metrics.md");
	const written = readFileSync(page, "utf8");
	expect(written).toBe(withInstruments(written));
});
