import type { Stamp } from "./encode.ts";
import type { FoundFile } from "./files.ts";
import { dropIndex, loadIndex, saveIndex } from "./keep.ts";
import { scanFile } from "./scanfile.ts";
import type { IndexedFile } from "./select.ts";

export interface RefreshOptions {
	readonly indexFolder: string | undefined;
	/** Whether what was scanned is written down. */
	readonly keep: boolean;
	readonly signal: AbortSignal;
}

/** A file that cannot be read, or whose index cannot be kept. */
export interface RefreshFault {
	readonly file: string;
	readonly reason: string;
}

export interface Refreshed {
	/** In the order they were indexed; the very array given where nothing has changed. */
	readonly files: readonly IndexedFile[];
	readonly faults: readonly RefreshFault[];
}

/**
 * Brings the index up to date with the files found: unchanged ones are kept, others loaded or scanned,
 * those gone forgotten. A file that cannot be read costs itself only.
 * @throws the signal's reason.
 */
export async function refreshFiles(
	before: readonly IndexedFile[],
	found: readonly FoundFile[],
	options: RefreshOptions,
): Promise<Refreshed> {
	const known = new Map(before.map((file) => [file.path, file]));
	const files: IndexedFile[] = [];
	const unknown: FoundFile[] = [];
	for (const file of found) {
		const indexed = await unchanged(known.get(file.path), file, options);
		if (indexed) files.push(indexed);
		else unknown.push(file);
		known.delete(file.path);
	}
	for (const path of known.keys()) await dropIndex(path, options.indexFolder);
	const faults = await scanInto(files, unknown, options);
	files.sort((a, b) => a.sequence - b.sequence || (a.path < b.path ? -1 : 1));
	const same =
		files.length === before.length &&
		files.every((file, place) => file === before[place]);
	return { files: same ? before : files, faults };
}

async function unchanged(
	indexed: IndexedFile | undefined,
	file: FoundFile,
	{ indexFolder, signal }: RefreshOptions,
): Promise<IndexedFile | undefined> {
	signal.throwIfAborted();
	if (indexed && sameStamp(indexed, file)) return indexed;
	const stored = await loadIndex(file, indexFolder);
	return stored && { ...file, sequence: stored.sequence, index: stored.index };
}

/** Scans the files, in their order, and adds them: each is indexed after all that were there before. */
async function scanInto(
	files: IndexedFile[],
	unknown: readonly FoundFile[],
	{ indexFolder, keep, signal }: RefreshOptions,
): Promise<RefreshFault[]> {
	const faults: RefreshFault[] = [];
	let sequence = files.reduce(
		(highest, file) => Math.max(highest, file.sequence),
		0,
	);
	for (const file of unknown) {
		const fault = (what: string, error: unknown) => {
			signal.throwIfAborted();
			const reason = error instanceof Error ? error.message : String(error);
			faults.push({ file: file.path, reason: `${what}: ${reason}` });
		};
		try {
			const index = await scanFile(file, signal);
			sequence++;
			files.push({ ...file, sequence, index });
			if (!keep) continue;
			const stamp = { size: file.size, mtimeMs: file.mtimeMs };
			await saveIndex(file.path, { stamp, sequence, index }, indexFolder).catch(
				(error: unknown) => fault("its index cannot be kept", error),
			);
		} catch (error) {
			fault("cannot be read", error);
		}
	}
	return faults;
}

const sameStamp = (a: Stamp, b: Stamp): boolean =>
	a.size === b.size && a.mtimeMs === b.mtimeMs;
