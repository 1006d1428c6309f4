import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startProduct } from "../test/kit/product.ts";
import type { Benchmark } from "./measure.ts";

/** From starting the process until it says that it is ready. */
export const start: Benchmark = {
	name: "start",
	async run() {
		const data = await mkdtemp(join(tmpdir(), "bench-"));
		try {
			const empty = await startTime(data);
			await rm(join(data, "postgres"), { recursive: true });
			await rm(join(data, "index"), { recursive: true, force: true });
			const fresh = await startTime(data);
			const again = await startTime(data);
			return [
				{ name: "start, nothing there", value: empty, unit: "s" },
				{
					name: "start, sample archive present",
					value: fresh,
					unit: "s",
					goals: [{ at: "most", bound: 3, of: "value" }],
				},
				{
					name: "start, existing data",
					value: again,
					unit: "s",
					goals: [{ at: "most", bound: 1, of: "value" }],
				},
			];
		} finally {
			await rm(data, { recursive: true, force: true, maxRetries: 10 });
		}
	},
};

async function startTime(data: string): Promise<number> {
	const from = performance.now();
	await using _product = await startProduct({ data });
	return (performance.now() - from) / 1000;
}
