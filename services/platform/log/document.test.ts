import { readFileSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { logsDocument } from "./document.ts";
import { EVENT_NAMES } from "./names.ts";

const ROOT = join(import.meta.dirname, "../../..");

it("is what docs/logs.md holds (else: npm run docs)", () => {
	const written = readFileSync(join(ROOT, "docs/logs.md"), "utf8");
	expect(written).toBe(logsDocument());
});

it("lists what the code says, and nothing else", async () => {
	const said = new Set<string>();
	for (const folder of ["services", "gateway"])
		for (const file of await readdir(join(ROOT, folder), { recursive: true })) {
			if (!/\.ts$/.test(file) || /names\.ts$|\.test\.ts$/.test(file)) continue;
			const text = readFileSync(join(ROOT, folder, file), "utf8");
			for (const name of namesIn(text)) said.add(name);
		}
	expect([...said].sort()).toEqual(Object.keys(EVENT_NAMES).sort());
});

/** Events that a text names; the collector's steps are part of theirs. */
function namesIn(text: string): string[] {
	const plain = text.matchAll(/\bevent(?:\(|: )"([a-z]+\.[a-z]+)"/g);
	const steps = /event: `collector\.\$\{what\}`/.test(text)
		? text.matchAll(/attemptTo\(ctx, signal, "([a-z]+)"/g)
		: [];
	return [
		...[...plain].map(([, name = ""]) => name),
		...[...steps].map(([, step]) => `collector.${step}`),
	];
}
