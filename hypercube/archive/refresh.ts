import { Gate } from "../bytes/gate.ts";
import type { FileIndex } from "./columns.ts";
import type { FoundFile } from "./files.ts";
import { withHidden } from "./hidden.ts";
import { dropIndex, loadIndex, saveIndex } from "./keep.ts";
import { type Away, awayIn } from "./remote/looks.ts";
import { isRemote } from "./remote/place.ts";
import type { Remotes } from "./remote/remotes.ts";
import { scanFile } from "./scanfile.ts";
import type { IndexedFile } from "./select.ts";
import { sameStamp, stampOf } from "./stamp.ts";

/** Files elsewhere that are scanned at a time: the headers of one are asked for one after the other. */
const scannedThere = 8;

export interface RefreshOptions {
	readonly indexFolder: string | undefined;
	/** Whether what was scanned is written down. */
	readonly keep: boolean;
	/** How files elsewhere are read. */
	readonly remotes: Remotes;
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
	/** A server that did not answer while its files were scanned. */
	readonly away: Away | undefined;
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
	const { faults, away } = await scanInto(files, unknown, options);
	files.sort((a, b) => a.sequence - b.sequence || (a.path < b.path ? -1 : 1));
	const same =
		files.length === before.length &&
		files.every((file, place) => file === before[place]);
	return { files: same ? before : files, faults, away };
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
	{ indexFolder, keep, remotes, signal }: RefreshOptions,
): Promise<Pick<Refreshed, "faults" | "away">> {
	const faults: RefreshFault[] = [];
	const errors: unknown[] = [];
	let sequence = files.reduce(
		(highest, file) => Math.max(highest, file.sequence),
		0,
	);
	for (const { file, scanned } of scanning(unknown, remotes, signal)) {
		const fault = (what: string, error: unknown) => {
			signal.throwIfAborted();
			const reason = error instanceof Error ? error.message : String(error);
			faults.push({ file: file.path, reason: `${what}: ${reason}` });
			errors.push(error);
		};
		try {
			const index = withHidden(await scanned());
			sequence++;
			files.push({ ...file, sequence, index });
			if (!keep) continue;
			const stamp = stampOf(file);
			await saveIndex(file.path, { stamp, sequence, index }, indexFolder).catch(
				(error: unknown) => fault("its index cannot be kept", error),
			);
		} catch (error) {
			fault("cannot be read", error);
		}
	}
	return { faults, away: awayIn(errors) };
}

/** Files to be scanned, in their order: here one after the other, elsewhere a few ahead of the one that is taken. */
function* scanning(
	files: readonly FoundFile[],
	remotes: Remotes,
	signal: AbortSignal,
): Generator<{ file: FoundFile; scanned: () => Promise<FileIndex> }> {
	const gate = new Gate(scannedThere);
	const begun = new Map<FoundFile, Promise<FileIndex>>();
	const begin = (file: FoundFile): Promise<FileIndex> => {
		const scan = gate.pass(async () => {
			signal.throwIfAborted();
			return scanFile(file, signal, remotes);
		});
		// One that fails before it is taken is heard when it is.
		scan.catch(() => {});
		begun.set(file, scan);
		return scan;
	};
	for (const [place, file] of files.entries()) {
		for (const next of files.slice(place, place + scannedThere))
			if (isRemote(next.path) && !begun.has(next)) begin(next);
		yield { file, scanned: () => begun.get(file) ?? scanFile(file, signal) };
		begun.delete(file);
	}
}
