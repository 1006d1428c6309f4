import { createHash, randomUUID } from "node:crypto";
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { decodeIndex, encodeIndex, type StoredIndex } from "./encode.ts";
import type { FoundFile } from "./files.ts";
import { isRemote } from "./remote/place.ts";
import { sameStamp } from "./stamp.ts";

/** Name of the folder beside the data that holds the indexes of its files. */
const indexFolderName = ".polytope-index";

/**
 * Where the index of a file may lie: beside it, and where that cannot be written, in the given folder. Nothing is written
 * beside what lies elsewhere.
 */
export function placesOf(path: string, fallback: string | undefined): string[] {
	const beside = isRemote(path)
		? []
		: [join(dirname(path), indexFolderName, `${basename(path)}.idx`)];
	if (fallback === undefined) return beside;
	const hash = createHash("sha256").update(path).digest("hex").slice(0, 24);
	return [...beside, join(fallback, `${hash}.idx`)];
}

/** The index kept of a file in exactly this state; undefined where there is none that can be used. */
export async function loadIndex(
	file: FoundFile,
	fallback: string | undefined,
): Promise<StoredIndex | undefined> {
	for (const place of placesOf(file.path, fallback)) {
		// An index is only a saving: whatever is wrong with it, the file is scanned again.
		const stored = await readFile(place)
			.then(decodeIndex)
			.catch(() => undefined);
		if (stored && sameStamp(stored.stamp, file)) return stored;
	}
	return undefined;
}

/**
 * Keeps an index, whole or not at all: it is written under another name and renamed.
 * @throws the first place's error where no place can be written; where there is none, it is not kept.
 */
export async function saveIndex(
	path: string,
	stored: StoredIndex,
	fallback: string | undefined,
): Promise<void> {
	const bytes = encodeIndex(stored);
	const errors: unknown[] = [];
	for (const place of placesOf(path, fallback)) {
		try {
			await replaceFile(place, bytes);
			return;
		} catch (error) {
			errors.push(error);
		}
	}
	if (errors.length > 0) throw errors[0];
}

/** Forgets the index of a file that is gone. */
export async function dropIndex(
	path: string,
	fallback: string | undefined,
): Promise<void> {
	// A leftover does no harm: it is only ever used for a file of the same name, size and time.
	for (const place of placesOf(path, fallback))
		await rm(place, { force: true }).catch(() => undefined);
}

async function replaceFile(path: string, bytes: Uint8Array): Promise<void> {
	await mkdir(dirname(path), { recursive: true });
	const hidden = join(dirname(path), `.${randomUUID()}.tmp`);
	try {
		await writeFile(hidden, bytes);
		await rename(hidden, path);
	} finally {
		await rm(hidden, { force: true });
	}
}
