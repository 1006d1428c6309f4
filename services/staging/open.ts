import { join, resolve } from "node:path";
import { StagingService } from "../../gen/polytope/staging/v1/staging_pb.js";
import { patiently } from "../platform/patiently.ts";
import type { Around, Download, OpenRole } from "../platform/role.ts";
import { type Deliver, throughStaging } from "./delivery.ts";
import { openDisk } from "./disk.ts";
import { openDoor } from "./door.ts";
import { downloadHandler } from "./http.ts";
import { parseDownloadName } from "./links.ts";
import type { Objects } from "./objects.ts";
import { watchRoom } from "./room-gauges.ts";
import { openS3 } from "./s3/open.ts";
import { stagingService } from "./service.ts";

/** From the threshold on the collector makes room; only so many times as much is too much for a new result. */
const FULL = 2;

/** Staging: the place of results behind its RPCs, and its door for downloads. */
export async function openStaging(around: Around): Promise<OpenRole> {
	const { config, log, stack } = around;
	const { objects, deliver } = await patiently(
		around,
		"the place of results",
		() => openPlace(around),
	);
	stack.use(objects);
	const serve = downloadHandler({
		objects,
		log,
		stallMs: config.staging.stall_time,
	});
	const download: Download = async (req, res, name) => {
		const { key, ext } = parseDownloadName(name) ?? { key: name, ext: "" };
		await serve(req, res, key, ext);
	};
	const door = around.roles.has("gateway")
		? undefined
		: stack.use(await openDoor(config.http, download));
	const publicUrl = config.staging.public_url ?? config.public_url ?? door?.url;
	const maxBytes = config["garbage-collector"].threshold * FULL;
	stack.use(watchRoom(objects, maxBytes));
	const service = stagingService({
		objects,
		deliver: deliver ?? throughStaging(publicUrl),
		maxBytes,
		maxResult: config.staging.max_result,
	});
	return {
		routes: (router) => router.service(StagingService, service),
		download,
		...(door && { url: door.url }),
	};
}

/** The place that the scheme of `staging.url` says. */
async function openPlace({ config, data, clock }: Around): Promise<Place> {
	const { url, delivery } = config.staging;
	if (url.startsWith("s3:"))
		return openS3({
			url,
			clock,
			delivery,
			accessKey: config.staging.access_key ?? "",
			secretKey: config.staging.secret_key ?? "",
			publicUrl: config.staging.public_url,
			linkMs: config.staging.link_time,
		});
	const named = url.slice("file:".length);
	const folder = named === "" ? join(data, "staging") : resolve(named);
	return { objects: await openDisk({ folder, clock }) };
}

interface Place {
	readonly objects: Objects;
	/** Where readers find results, when that is not staging itself. */
	readonly deliver?: Deliver | undefined;
}
