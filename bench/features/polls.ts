import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startProduct } from "../../test/kit/product.ts";
import { driveNumbers } from "../drive.ts";
import { type Measure, quantile } from "../measure.ts";
import { box } from "./cases.ts";

/** Requests that are being cut out at once: as many as there may be threads on a small machine. */
const BUSY = 2;
const SECONDS = 6;

/** How long polls take of a whole server that cuts out one large box after the other; beside one that does nothing else. */
export async function pollsMeanwhile(path: string): Promise<Measure[]> {
	const folder = await mkdtemp(join(tmpdir(), "bench-"));
	try {
		const config = join(folder, "config.yaml");
		const sources = { cut: { type: "features", path: [path] } };
		const collections = { cut: { datasources: ["cut"] } };
		await writeFile(
			config,
			JSON.stringify({ datasources: sources, collections }),
		);
		await using product = await startProduct({ config: [config] });
		const polls = (busy: number): Promise<number[]> =>
			driveNumbers({
				kind: "polls-meanwhile",
				url: product.url,
				collection: "cut",
				body: JSON.stringify({ verb: "retrieve", request: box }),
				busy,
				seconds: SECONDS,
			});
		// The first starts what starts on demand.
		const [, idle, taken] = [await polls(1), await polls(0), await polls(BUSY)];
		return [
			{
				name: "polls while boxes are cut out, p50",
				value: quantile(taken, 0.5),
				baseline: quantile(idle, 0.5),
				unit: "ms",
			},
			{
				name: "polls while boxes are cut out, p99",
				value: quantile(taken, 0.99),
				baseline: quantile(idle, 0.99),
				unit: "ms",
				goals: [{ at: "most", bound: 50, of: "value" }],
			},
		];
	} finally {
		await rm(folder, { recursive: true });
	}
}
