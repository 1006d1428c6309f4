import { join, resolve } from "node:path";
import { StagingService } from "../../gen/polytope/staging/v1/staging_pb.js";
import type { Around, Download, OpenRole } from "../platform/role.ts";
import { openDisk } from "./disk.ts";
import { openDoor } from "./door.ts";
import { downloadHandler } from "./http.ts";
import { parseDownloadName } from "./links.ts";
import type { Objects } from "./objects.ts";
import { openS3 } from "./s3/open.ts";
import { stagingService } from "./service.ts";

/** From the threshold on the collector makes room; only so many times as much is too much for a new result. */
const FULL = 2;

/** Staging: the place of results behind its RPCs, and its door for downloads. */
export async function openStaging(around: Around): Promise<OpenRole> {
	const { config, log, stack } = around;
	const objects = stack.use(await openObjects(around));
	const serve = downloadHandler({ objects, log });
	const download: Download = async (req, res, name) => {
		const { key, ext } = parseDownloadName(name) ?? { key: name, ext: "" };
		await serve(req, res, key, ext);
	};
	const door = around.roles.has("gateway")
		? undefined
		: stack.use(await openDoor(config.http, download));
	const publicUrl = config.staging.public_url ?? config.public_url ?? door?.url;
	const service = stagingService({
		objects,
		maxBytes: config["garbage-collector"].threshold * FULL,
		maxResult: config.staging.max_result,
		...(publicUrl !== undefined && { publicUrl }),
	});
	return {
		routes: (router) => router.service(StagingService, service),
		download,
		...(door && { url: door.url }),
	};
}

/** The place that the scheme of `staging.url` says. */
async function openObjects({ config, data, clock }: Around): Promise<Objects> {
	const { url, access_key = "", secret_key = "" } = config.staging;
	if (url.startsWith("s3:"))
		return openS3({ url, accessKey: access_key, secretKey: secret_key, clock });
	const folder = url.slice("file:".length);
	return openDisk({
		folder: folder === "" ? join(data, "staging") : resolve(folder),
		clock,
	});
}
