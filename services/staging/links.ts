import { extensionOf } from "../platform/media-types.ts";
import { isKey } from "./objects.ts";

/** Where the staged result is read by whoever knows the address. `publicUrl` is absolute, with or without end slash. */
export const downloadUrl = (
	publicUrl: string,
	key: string,
	mediaType: string,
): string =>
	`${publicUrl.replace(/\/+$/, "")}/api/v1/downloads/${key}.${extensionOf(mediaType)}`;

/** Takes `<key>.<ext>` apart; undefined when it has another form, a request id for instance. */
export function parseDownloadName(
	name: string,
): { key: string; ext: string } | undefined {
	const dot = name.indexOf(".");
	const key = name.slice(0, dot);
	const ext = name.slice(dot + 1);
	if (dot < 0 || !isKey(key) || !/^[a-z0-9]{1,10}$/.test(ext)) return undefined;
	return { key, ext };
}
