import { join, resolve } from "node:path";
import { StagingService } from "../../gen/polytope/staging/v1/staging_pb.js";
import type { Around, OpenRole } from "../platform/role.ts";
import { openDisk } from "./disk.ts";
import { downloadHandler } from "./http.ts";
import { parseDownloadName } from "./links.ts";
import type { Objects } from "./objects.ts";
import { stagingService } from "./service.ts";

/** From the threshold on the collector makes room; only so many times as much is too much for a new result. */
const FULL = 2;

/** Staging: the place of results behind its RPCs, and its door for downloads. */
export async function openStaging(around: Around): Promise<OpenRole> {
	const { config, log, stack } = around;
	const objects = stack.use(await openObjects(around));
	const publicUrl = config.staging.public_url ?? config.public_url;
	const service = stagingService({
		objects,
		maxBytes: config["garbage-collector"].threshold * FULL,
		...(publicUrl !== undefined && { publicUrl }),
	});
	const serve = downloadHandler({ objects, log });
	return {
		routes: (router) => router.service(StagingService, service),
		async download(req, res, name) {
			const { key, ext } = parseDownloadName(name) ?? { key: name, ext: "" };
			await serve(req, res, key, ext);
		},
	};
}

/** The place that the scheme of `staging.url` says. */
async function openObjects({ config, data }: Around): Promise<Objects> {
	const { url } = config.staging;
	if (!url.startsWith("file:"))
		throw new Error(
			`staging.url '${url}' has a scheme that is not built; use file:`,
		);
	const folder = url.slice("file:".length);
	return openDisk({
		folder: folder === "" ? join(data, "staging") : resolve(folder),
	});
}
