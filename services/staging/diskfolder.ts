import {
	type FileHandle,
	mkdir,
	open,
	readdir,
	rename,
	stat,
	unlink,
} from "node:fs/promises";
import { join } from "node:path";
import type { Clock } from "../platform/clock.ts";
import { orGone } from "../platform/disk-faults.ts";
import { bodyLength } from "./container.ts";
import {
	checkKey,
	isKey,
	type ListedObject,
	type PendingUpload,
} from "./objects.ts";
import type { Countable, Counted } from "./tally.ts";

const UPLOADS = "tmp";
const PART = ".part";

/** Where the bytes of an upload lie until it is committed. */
export const uploadPath = (root: string, key: string): string =>
	join(root, UPLOADS, checkKey(key) + PART);

/**
 * The folder that an object lies in, so that none grows too large: 38 of them, some 26,000 files in each of 10⁶. Lower
 * case, because some file systems cannot tell `Ab` from `aB`.
 */
export const folderOf = (key: string): string =>
	checkKey(key).slice(0, 1).toLowerCase();

export const objectPath = (root: string, key: string): string =>
	join(root, folderOf(key), key);

/** All folders that hold objects, in order. */
export const FOLDERS: readonly string[] = [
	..."-0123456789_abcdefghijklmnopqrstuvwxyz",
];

/** Makes the folders that are missing, all of them now, so that no result has to make its own and wait for the disk. */
export async function openRoot(root: string): Promise<void> {
	await mkdir(join(root, UPLOADS), { recursive: true });
	const there = new Set(await readdir(root));
	const missing = FOLDERS.filter((name) => !there.has(name));
	if (missing.length === 0) return;
	await Promise.all(
		missing.map((name) => mkdir(join(root, name), { recursive: true })),
	);
	await syncFolder(root);
}

/** Files that are looked at together. */
const AT_ONCE = 64;

/** Objects of one folder in order of their keys. A file that goes meanwhile is left out. */
export async function listFolder(
	root: string,
	folder: string,
	after = "",
): Promise<ListedObject[]> {
	const names = await namesIn(join(root, folder));
	const keys = names.filter((name) => isKey(name) && name > after).sort();
	const objects: ListedObject[] = [];
	for (let at = 0; at < keys.length; at += AT_ONCE)
		await Promise.all(
			keys.slice(at, at + AT_ONCE).map(async (key) => {
				const file = await sizeAndTime(join(root, folder, key));
				if (file === undefined) return;
				objects.push({ key, length: file.length, createdAt: file.modifiedAt });
			}),
		);
	return objects.sort((a, b) => (a.key < b.key ? -1 : 1));
}

/** Milliseconds that a folder must have been left alone before its time of change is trusted: such times are coarse. */
const SETTLED_MS = 2_000;

/** What lies in the folders of a root. One that nobody has changed since it was counted is not read again. */
export function countable(root: string, clock: Clock): Countable {
	const before = new Map<string, Counted & { readonly at: number }>();
	return {
		pieces: async () => FOLDERS,
		async count(folder) {
			const at = (await orGone(stat(join(root, folder))))?.mtimeMs ?? 0;
			const known = before.get(folder);
			if (known?.at === at) return known;
			const found = await listFolder(root, folder);
			const bytes = found.reduce((sum, object) => sum + object.length, 0);
			const counted = { bytes, objects: found.length };
			if (clock.now() - at > SETTLED_MS) before.set(folder, { ...counted, at });
			return counted;
		},
	};
}

/** Uploads that were begun and are neither objects nor thrown away. */
export async function* listParts(root: string): AsyncIterable<PendingUpload> {
	for (const name of await namesIn(join(root, UPLOADS))) {
		const key = name.slice(0, -PART.length);
		if (!name.endsWith(PART) || !isKey(key)) continue;
		const file = await sizeAndTime(join(root, UPLOADS, name));
		if (file !== undefined) yield { key, ...file };
	}
}

/** Size of the bytes in a file and when they came; undefined when there is none. */
export async function sizeAndTime(
	path: string,
): Promise<{ length: number; modifiedAt: number } | undefined> {
	const file = await orGone(stat(path));
	return (
		file && {
			length: bodyLength(file.size),
			modifiedAt: Math.floor(file.mtimeMs),
		}
	);
}

/** Removes a file; false when there was none. Of two at once one is told so, which `rm` does not promise. */
export async function removeFile(path: string): Promise<boolean> {
	return (await orGone(unlink(path).then(() => true))) ?? false;
}

/**
 * Gives the file its final name; false when there is no such file. With `durable` the new name outlives a power failure on
 * return: the folder is fsynced.
 */
export async function moveInto(
	from: string,
	root: string,
	key: string,
	durable: boolean,
): Promise<boolean> {
	const folder = join(root, folderOf(key));
	const move = () =>
		orGone(rename(from, objectPath(root, key)).then(() => true));
	if (!(await move())) {
		// Either the file is missing, or somebody has removed the folder: the second try tells.
		await mkdir(folder, { recursive: true });
		if (durable) await syncFolder(root);
		if (!(await move())) return false;
	}
	if (durable) await syncFolder(folder);
	return true;
}

async function syncFolder(path: string): Promise<void> {
	const folder = await open(path, "r");
	try {
		await folder.sync();
	} finally {
		closeSoon(folder);
	}
}

/** Closes a file that has been flushed: nobody waits, and what may go wrong now harms nobody. */
export function closeSoon(file: FileHandle): void {
	file.close().catch(() => undefined);
}

const namesIn = async (path: string): Promise<string[]> =>
	(await orGone(readdir(path))) ?? [];
