import type { StagingContext, StagingImpl } from "../context.ts";

/** Tells how full staging is; after a start it waits until what was there is counted. */
export const usage =
	({ objects, maxBytes }: StagingContext): StagingImpl["usage"] =>
	async () => {
		await objects.counted();
		const { bytes, objects: count } = objects.usage();
		return {
			bytes: BigInt(bytes),
			objects: BigInt(count),
			thresholdBytes: BigInt(maxBytes),
		};
	};
