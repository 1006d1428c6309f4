import { fault } from "../../platform/faults.ts";
import type { StagingContext, StagingImpl } from "../context.ts";
import { downloadUrl } from "../links.ts";
import { parseKey } from "./messages.ts";

/** Gives the address of an object without looking whether it is there: a poll is answered from memory alone. */
export const locate =
	({ publicUrl }: StagingContext): StagingImpl["locate"] =>
	async ({ key, baseUrl, mediaType }) => {
		const base = publicUrl ?? baseUrl;
		if (!URL.canParse(base))
			throw fault(
				"INVALID",
				"no public URL is configured, and base_url is no absolute URL",
			);
		return { url: downloadUrl(base, parseKey(key), mediaType) };
	};
