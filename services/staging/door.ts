import type { Config } from "../platform/config/schema.ts";
import { type HttpDoor, openHttpDoor } from "../platform/http-door.ts";
import type { Download } from "../platform/role.ts";

const PREFIX = "/api/v1/downloads/";
/** As the gateway calls it. */
const ROUTE = `${PREFIX}*`;

/** Staging's own door: serves downloads, and nothing else. */
export const openDoor = (
	http: Config["http"],
	download: Download,
): Promise<HttpDoor> =>
	openHttpDoor(http, {
		routeOf: (target) => (nameIn(target) === "" ? "unknown" : ROUTE),
		answer: (req, res) => void download(req, res, nameIn(req.url ?? "")),
	});

/** What a target names; empty: nothing that is here. */
function nameIn(target: string): string {
	const path = URL.parse(target, "http://staging")?.pathname ?? "";
	return path.startsWith(PREFIX) ? path.slice(PREFIX.length) : "";
}
