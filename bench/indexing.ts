import { mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { scanFile } from "../hypercube/archive/scanfile.ts";
import { makeSample } from "../services/worker/sample/make.ts";
import type { Benchmark } from "./measure.ts";

const SECONDS = 4;

/** Messages a second whose headers are read and indexed: the sample archive, again and again, from the page cache. */
export const indexing: Benchmark = {
	name: "indexing",
	async run() {
		const folder = await mkdtemp(join(tmpdir(), "bench-"));
		const { signal } = new AbortController();
		try {
			await makeSample(folder, signal);
			const names = await readdir(folder);
			const files = await Promise.all(
				names
					.filter((name) => name.endsWith(".grib2"))
					.map(async (name) => {
						const path = join(folder, name);
						const { size, mtimeMs } = await stat(path);
						return { path, size, mtimeMs };
					}),
			);
			const round = async (): Promise<number> => {
				let messages = 0;
				for (const file of files)
					messages += (await scanFile(file, signal)).offsets.length;
				return messages;
			};
			await round();
			const from = performance.now();
			let messages = 0;
			while (performance.now() < from + SECONDS * 1000)
				messages += await round();
			return [
				{
					name: "GRIB messages indexed",
					value: messages / ((performance.now() - from) / 1000),
					unit: "1/s",
				},
			];
		} finally {
			await rm(folder, { recursive: true });
		}
	},
};
