import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { callerOf, download } from "../kit/caller.ts";
import { mustRun } from "../kit/command.ts";
import { startProduct } from "../kit/product.ts";

/** Without the sample archive, which takes its time to be made. */
const CONFIG = join(import.meta.dirname, "config.yaml");
const LIMIT = 30_000_000;

test("a full disk fails what does not fit, with the reason; the space comes back, and all else goes on", {
	timeout: 120_000,
}, async () => {
	await using product = await startProduct({ config: [CONFIG] });
	// The kernel then refuses to write files beyond this size, as a full disk would.
	await mustRun("prlimit", ["--pid", `${product.pid}`, `--fsize=${LIMIT}`]);
	const caller = callerOf(product.url);
	const large = await caller.submit("dummy", { size: "50MB" });
	const small = await caller.submit("dummy", { size: "20MB" });
	const { code, message } = await caller.ended(large);
	expect([code, message]).toEqual([
		400,
		expect.stringMatching(/could not be staged: the disk is full/),
	]);
	const { location } = await caller.ended(small);
	expect((await download(location)).length).toBe(20e6);
	expect(await readdir(join(product.data, "staging/tmp"))).toEqual([]);
});
