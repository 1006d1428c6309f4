import { statSync } from "node:fs";
import { ChangedFile } from "../bytes/changed.ts";
import { type FileSource, openFile } from "../bytes/file.ts";
import { openHttp } from "../bytes/http.ts";
import type { Opened } from "./classic/group.ts";

export const isRemote = (location: string): boolean =>
	/^https?:/i.test(location);

/** A file of this machine, or an object behind HTTP. @throws RemoteError; what the file system says */
export async function openAt(
	location: string,
	signal: AbortSignal,
): Promise<Opened> {
	if (isRemote(location)) {
		const source = await openHttp(location, { signal });
		return { source, id: JSON.stringify([location, source.size]) };
	}
	const { size, mtimeMs, ino } = statSync(location);
	const hold = () => heldFile(location, size);
	return {
		hold,
		source: {
			size,
			read(offset, length) {
				using file = hold();
				return file.read(offset, length);
			},
		},
		id: JSON.stringify([location, size, mtimeMs, ino]),
	};
}

/** A file that is open only while it is read: what is known of files outlives what is asked of them, and they may be many. */
function heldFile(path: string, size: number): FileSource {
	const file = openFile(path);
	if (file.size >= size) return file;
	file.close();
	throw new ChangedFile(path);
}
