import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { callerOf } from "../kit/caller.ts";
import { startProduct } from "../kit/product.ts";
import { until } from "../kit/until.ts";

const CONFIG = join(import.meta.dirname, "config.yaml");
const ROUNDS = 3;

async function postgresOf(data: string): Promise<number> {
	const file = join(data, "postgres", "cluster", "postmaster.pid");
	return Number.parseInt(await readFile(file, "utf8"), 10);
}

test("an embedded PostgreSQL that is killed comes back; nobody sees more than a delay", async () => {
	await using product = await startProduct({ config: [CONFIG] });
	const caller = callerOf(product.url);
	const ids: string[] = [];
	for (let round = 0; round < ROUNDS; round++) {
		const running = await caller.submit("slow", { size: "6MiB" });
		ids.push(running);
		await until(
			"it runs",
			async () => (await caller.record(running))?.status === "processing",
		);
		const killed = await postgresOf(product.data);
		process.kill(killed, "SIGKILL");
		const asked = Array.from({ length: 10 }, (_, index) =>
			caller.submit("echo", `round ${round}, ${index}`),
		);
		ids.push(...(await Promise.all(asked)));
		expect((await caller.poll(running)).code).not.toBe(503);
		await until(
			"another runs",
			async () => (await postgresOf(product.data).catch(() => 0)) !== killed,
		);
	}
	for (const id of ids) expect((await caller.ended(id)).code).toBe(303);
	expect(new Set(ids).size).toBe((await caller.list()).length);
	expect(product.output()).toContain("postgres.back");
	expect(await product.stop()).toBe(0);
});
