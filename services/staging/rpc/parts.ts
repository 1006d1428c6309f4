import { fault } from "../../platform/faults.ts";
import type { StagingContext, StagingImpl } from "../context.ts";
import { parseKey } from "./messages.ts";

/** S3 knows no part beyond this one. */
const LAST_PART = 10_000;
const MOST = 1000;

/** Gives addresses for parts of an upload. */
export const parts =
	({ objects }: StagingContext): StagingImpl["parts"] =>
	async ({ key, uploadId, first, count }) => {
		if (first < 1 || count < 1 || count > MOST)
			throw fault("INVALID", `parts count from 1 on, at most ${MOST} at once`);
		if (first + count - 1 > LAST_PART)
			throw fault(
				"FULL",
				`the result has more parts than S3 takes in one object (${LAST_PART})`,
			);
		const range = { first, count };
		const urls = await objects.partUrls(parseKey(key), uploadId, range);
		return { urls: [...urls] };
	};
