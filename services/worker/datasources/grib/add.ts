import {
	type FileHandle,
	mkdir,
	open,
	readdir,
	rename,
	rm,
	stat,
} from "node:fs/promises";
import { join } from "node:path";
import type { GribRequest } from "../../../../hypercube/archive/axes.ts";
import { scanFile } from "../../../../hypercube/archive/scanfile.ts";
import { fault } from "../../../platform/faults.ts";
import { checkFields } from "./check.ts";

export interface Addition {
	readonly requestId: string;
	readonly attempt: number;
	/** What the fields must be. */
	readonly request: GribRequest;
	readonly data: AsyncIterable<Uint8Array>;
}

export interface Added {
	readonly fields: number;
	/** Takes the file out again. */
	undo(): Promise<void>;
}

/**
 * Adds a file of messages to a folder: under a hidden name until it is whole, checked and on the disk, so that nobody
 * ever reads a part of it. Each attempt has a file of its own; the one that gets there takes the earlier ones away.
 *
 * @throws RequestError that says how the messages differ from the request
 * @throws the signal's reason
 */
export async function addFile(
	folder: string,
	{ requestId, attempt, request, data }: Addition,
	signal: AbortSignal,
): Promise<Added> {
	// Few enough files to a folder, also after years.
	const place = join(folder, requestId.slice(-2));
	await mkdir(place, { recursive: true });
	const hidden = join(place, `.${requestId}.${attempt}.part`);
	const path = join(place, `${requestId}.${attempt}.grib`);
	try {
		await write(hidden, data, signal);
		const index = await scanFile(await stamped(hidden), signal);
		checkFields(index, request);
		signal.throwIfAborted();
		await rename(hidden, path);
		await syncFolder(place);
		const undo = () => rm(path, { force: true });
		if (await isLatest(place, requestId, attempt))
			return { fields: index.offsets.length, undo };
		await undo();
		throw new Error(`a later attempt at ${requestId} was here before`);
	} finally {
		await rm(hidden, { force: true });
	}
}

/** Milliseconds after which nobody writes to a file any more: no request may take so long. */
const ABANDONED_MS = 7 * 86_400_000;

/** Removes what workers that died in the middle left, and whose requests nobody tried again. */
export async function removeAbandoned(
	folder: string,
	now: number,
): Promise<void> {
	const entries = await readdir(folder, {
		recursive: true,
		withFileTypes: true,
	});
	for (const { parentPath, name } of entries) {
		if (!/^\.[0-9a-f-]+\.\d+\.part$/.test(name)) continue;
		const path = join(parentPath, name);
		if ((await ageOf(path, now)) > ABANDONED_MS)
			await rm(path, { force: true });
	}
}

/** Milliseconds since it was written; 0 when its worker has taken it away meanwhile. */
async function ageOf(path: string, now: number): Promise<number> {
	try {
		return now - (await stat(path)).mtimeMs;
	} catch (reason) {
		if (reason instanceof Error && "code" in reason && reason.code === "ENOENT")
			return 0;
		throw reason;
	}
}

async function write(
	path: string,
	data: AsyncIterable<Uint8Array>,
	signal: AbortSignal,
): Promise<void> {
	await using file = await open(path, "w");
	for await (const chunk of data) {
		signal.throwIfAborted();
		await writeFully(file, chunk);
	}
	await file.sync();
}

async function writeFully(file: FileHandle, chunk: Uint8Array): Promise<void> {
	try {
		for (let done = 0; done < chunk.length; ) {
			const { bytesWritten } = await file.write(chunk, done);
			done += bytesWritten;
		}
	} catch (reason) {
		if (isFull(reason))
			throw fault("FULL", "the archive has no room for it", reason);
		throw reason;
	}
}

const isFull = (reason: unknown): boolean =>
	reason instanceof Error &&
	"code" in reason &&
	(reason.code === "ENOSPC" || reason.code === "EDQUOT");

async function stamped(path: string) {
	await using file = await open(path);
	const { size, mtimeMs } = await file.stat();
	return { path, size, mtimeMs };
}

async function syncFolder(path: string): Promise<void> {
	await using folder = await open(path);
	await folder.sync();
}

/**
 * Takes away what earlier attempts at the same request left: whole files, and cut ones of workers that died. False when
 * a later attempt has put its file there: this one was given up meanwhile.
 */
async function isLatest(
	folder: string,
	requestId: string,
	attempt: number,
): Promise<boolean> {
	for (const name of await readdir(folder)) {
		const [, id, number = "", kind] =
			/^\.?([0-9a-f-]+)\.(\d+)\.(grib|part)$/.exec(name) ?? [];
		if (id !== requestId) continue;
		if (Number(number) > attempt && kind === "grib") return false;
		if (Number(number) < attempt) await rm(join(folder, name), { force: true });
	}
	return true;
}
