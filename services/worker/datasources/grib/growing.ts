import { mkdir } from "node:fs/promises";
import {
	type Archive,
	type ArchiveOptions,
	openArchive,
} from "../../../../hypercube/archive/archive.ts";
import { systemClock } from "../../../platform/clock.ts";
import { type Added, type Addition, addFile, removeAbandoned } from "./add.ts";

/** An archive that takes data. */
export interface GrowingArchive {
	readonly archive: Archive;
	/** Adds a file of messages, all of them or none; they can be retrieved from then on. */
	add(addition: Addition, signal: AbortSignal): Promise<Added>;
}

/** Opens an archive with a folder that takes new files; it is read like the others. */
export async function openGrowing(
	folder: string,
	options: Pick<ArchiveOptions, "path" | "keys" | "indexFolder" | "now">,
	signal: AbortSignal,
): Promise<GrowingArchive> {
	await mkdir(folder, { recursive: true });
	await removeAbandoned(folder, systemClock.now());
	const path = [...options.path, folder];
	const archive = await openArchive({ ...options, path, grows: true }, signal);
	return {
		archive,
		add: async (addition, stop) => {
			const added = await addFile(folder, addition, stop);
			await archive.lookAgain(stop);
			return added;
		},
	};
}
