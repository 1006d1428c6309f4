import { createReadStream } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { startProduct } from "../test/kit/product.ts";
import { driveNumber, driveText } from "./drive.ts";
import { type Benchmark, quantile } from "./measure.ts";
import { serveBare } from "./pipe.ts";

const ROUNDS = 5;
const MIB = 2 ** 20;

/** One result of 1 GiB, beside a bare `http.createServer` that pipes the same file. Taken in turns. */
export const download: Benchmark = {
	name: "download",
	async run() {
		await using product = await startProduct();
		const ours = await driveText({
			kind: "request",
			url: product.url,
			collection: "dummy",
			body: '{"verb":"retrieve","request":{"size":"1GiB"}}',
		});
		const file = await largest(join(product.data, "staging"));
		await using bare = await serveBare(file);
		for await (const _ of createReadStream(file)); // Both read from memory.
		const rates: number[] = [];
		const baseline: number[] = [];
		for (let round = 0; round < ROUNDS; round++) {
			rates.push(await driveNumber({ kind: "download", url: ours }));
			baseline.push(await driveNumber({ kind: "download", url: bare.url }));
		}
		return [
			{
				name: "download of 1 GiB",
				value: quantile(rates, 0.5) / MIB,
				unit: "MiB/s",
				baseline: quantile(baseline, 0.5) / MIB,
				goals: [{ at: "least", bound: 0.9, of: "ratio" }],
			},
		];
	},
};

async function largest(folder: string): Promise<string> {
	const entries = await readdir(folder, {
		recursive: true,
		withFileTypes: true,
	});
	const files = await Promise.all(
		entries
			.filter((entry) => entry.isFile())
			.map(async (entry) => {
				const path = join(entry.parentPath, entry.name);
				return { path, size: (await stat(path)).size };
			}),
	);
	const [first] = files.toSorted((a, b) => b.size - a.size);
	if (first === undefined) throw new Error(`${folder} holds no result`);
	return first.path;
}
