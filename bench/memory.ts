import { readFile } from "node:fs/promises";
import { type Product, startProduct } from "../test/kit/product.ts";
import { driveText } from "./drive.ts";
import type { Benchmark } from "./measure.ts";

const SAMPLE_MS = 50;
const GIB = 2 ** 30;

/** How much more memory the server's process holds at its peak while it makes a result of 4 GiB, than after a small one. */
export const memory: Benchmark = {
	name: "memory",
	async run() {
		await using product = await startProduct();
		await dummy(product, "64MiB");
		const before = await resident(product.pid);
		let peak = before;
		const sampling = setInterval(async () => {
			peak = Math.max(peak, await resident(product.pid));
		}, SAMPLE_MS);
		const from = performance.now();
		await dummy(product, "4GiB");
		const seconds = (performance.now() - from) / 1000;
		clearInterval(sampling);
		return [
			{
				name: "memory, growth during 4 GiB",
				value: peak - before,
				unit: "MiB",
				goals: [{ at: "most", bound: 50, of: "value" }],
			},
			{ name: "memory, peak during 4 GiB", value: peak, unit: "MiB" },
			{
				name: "staging of 4 GiB",
				value: (4 * GIB) / 2 ** 20 / seconds,
				unit: "MiB/s",
			},
		];
	},
};

const dummy = ({ url }: Product, size: string): Promise<string> =>
	driveText({
		kind: "request",
		url,
		collection: "dummy",
		body: JSON.stringify({ verb: "retrieve", request: { size } }),
	});

/** Resident memory of a process, MiB. */
export async function resident(pid: number): Promise<number> {
	const status = await readFile(`/proc/${pid}/status`, "utf8");
	return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1]) / 1024;
}
