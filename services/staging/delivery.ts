import { fault } from "../platform/faults.ts";
import { downloadUrl } from "./links.ts";
import type { Upload } from "./objects.ts";

/** What a reader's address is made from. */
export interface Wanted extends Upload {
	/** Base URL of the public door as the reader reached it. */
	readonly baseUrl: string;
}

/** Makes the address at which a reader finds an object, without looking whether it is there. */
export type Deliver = (wanted: Wanted) => string | Promise<string>;

/** Staging's own door, at its public URL if it has one, else where the reader came in. */
export const throughStaging =
	(publicUrl: string | undefined): Deliver =>
	({ baseUrl, key, mediaType }) => {
		const base = publicUrl ?? baseUrl;
		if (!URL.canParse(base))
			throw fault(
				"INVALID",
				"no public URL is configured, and base_url is no absolute URL",
			);
		return downloadUrl(base, key, mediaType);
	};
